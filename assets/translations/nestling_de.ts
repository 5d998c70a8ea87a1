<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
    <context>
        <name>AboutDialog</name>
        <message>
            <source>About Nestling</source>
            <translation>Über Nestling</translation>
        </message>
        <message>
            <source>A private assistant that writes down what you say.</source>
            <translation>Ein privater Helfer, der mitschreibt, was Sie sagen.</translation>
        </message>
        <message>
            <source>Licences</source>
            <translation>Lizenzen</translation>
        </message>
        <message>
            <source>Nestling is free software under the Apache License, version 2.0.</source>
            <translation>Nestling ist freie Software unter der Apache-Lizenz, Version 2.0.</translation>
        </message>
        <message>
            <source>It uses Qt {version} through PySide6 under the GNU Lesser General Public License, version 3; you may replace the Qt libraries by your own.</source>
            <translation>Es verwendet Qt {version} durch PySide6 unter der GNU Lesser General Public License, Version 3; Sie dürfen die Qt-Bibliotheken durch eigene ersetzen.</translation>
        </message>
        <message>
            <source>Gemma is provided under and subject to the Gemma Terms of Use.</source>
            <translation>Gemma wird unter den Gemma-Nutzungsbedingungen (Gemma Terms of Use) bereitgestellt.</translation>
        </message>
    </context>
    <context>
        <name>ActionTable</name>
        <message>
            <source>&amp;Start listening</source>
            <translation>&amp;Zuhören</translation>
        </message>
        <message>
            <source>&amp;Stop</source>
            <translation>&amp;Beenden</translation>
        </message>
        <message>
            <source>&amp;Stop listening</source>
            <translation>Zuhören &amp;beenden</translation>
        </message>
        <message>
            <source>&amp;Resume</source>
            <translation>&amp;Fortsetzen</translation>
        </message>
        <message>
            <source>&amp;Pause</source>
            <translation>&amp;Pause</translation>
        </message>
        <message>
            <source>Transcribe a &amp;file…</source>
            <translation>Datei &amp;transkribieren …</translation>
        </message>
        <message>
            <source>Write down what is said in a sound file or a video</source>
            <translation>Aufschreiben, was in einer Tondatei oder einem Video gesagt wird</translation>
        </message>
        <message>
            <source>Write down what is said, or stop doing so</source>
            <translation>Mitschreiben, was gesagt wird, oder damit aufhören</translation>
        </message>
        <message>
            <source>Close the microphone for a while; the transcript goes on afterwards</source>
            <translation>Das Mikrofon eine Weile schließen; danach geht die Mitschrift weiter</translation>
        </message>
        <message>
            <source>&amp;New transcript</source>
            <translation>&amp;Neue Mitschrift</translation>
        </message>
        <message>
            <source>Empty the window; kept transcripts stay where they are</source>
            <translation>Das Fenster leeren; aufbewahrte Mitschriften bleiben, wo sie sind</translation>
        </message>
        <message>
            <source>Open &amp;model folder…</source>
            <translation>&amp;Modellordner öffnen …</translation>
        </message>
        <message>
            <source>Use a Gemma 3n model that lies on this computer</source>
            <translation>Ein Gemma-3n-Modell verwenden, das auf diesem Rechner liegt</translation>
        </message>
        <message>
            <source>Use the &amp;demonstration model</source>
            <translation>&amp;Vorführmodell verwenden</translation>
        </message>
        <message>
            <source>Go back to the small model that comes with Nestling</source>
            <translation>Zurück zum kleinen Modell, das mit Nestling kommt</translation>
        </message>
        <message>
            <source>Earlie&amp;r transcripts…</source>
            <translation>&amp;Frühere Mitschriften …</translation>
        </message>
        <message>
            <source>Look at, save or delete what was written down before</source>
            <translation>Ansehen, speichern oder löschen, was früher mitgeschrieben wurde</translation>
        </message>
        <message>
            <source>&amp;Save as…</source>
            <translation>&amp;Speichern unter …</translation>
        </message>
        <message>
            <source>Save the transcript as text or subtitles, or the conversation as text</source>
            <translation>Die Mitschrift als Text oder Untertitel speichern, oder die Unterhaltung als Text</translation>
        </message>
        <message>
            <source>As &amp;text (TXT)…</source>
            <translation>Als &amp;Text (TXT) …</translation>
        </message>
        <message>
            <source>Save the words alone</source>
            <translation>Nur die Wörter speichern</translation>
        </message>
        <message>
            <source>As &amp;SubRip subtitles (SRT)…</source>
            <translation>Als &amp;SubRip-Untertitel (SRT) …</translation>
        </message>
        <message>
            <source>Save subtitles that any player shows</source>
            <translation>Untertitel speichern, die jedes Abspielprogramm zeigt</translation>
        </message>
        <message>
            <source>As &amp;WebVTT subtitles (VTT)…</source>
            <translation>Als &amp;WebVTT-Untertitel (VTT) …</translation>
        </message>
        <message>
            <source>Save subtitles for web pages</source>
            <translation>Untertitel für Webseiten speichern</translation>
        </message>
        <message>
            <source>&amp;Copy selection</source>
            <translation>Auswahl &amp;kopieren</translation>
        </message>
        <message>
            <source>Copy the marked words</source>
            <translation>Die markierten Wörter kopieren</translation>
        </message>
        <message>
            <source>Copy &amp;all</source>
            <translation>&amp;Alles kopieren</translation>
        </message>
        <message>
            <source>Copy the whole transcript, or the whole conversation</source>
            <translation>Die ganze Mitschrift kopieren, oder die ganze Unterhaltung</translation>
        </message>
        <message>
            <source>Se&amp;lect all</source>
            <translation>Alles &amp;markieren</translation>
        </message>
        <message>
            <source>Mark the whole transcript, or all of one message</source>
            <translation>Die ganze Mitschrift markieren, oder eine Nachricht ganz</translation>
        </message>
        <message>
            <source>&amp;Jump to the latest words</source>
            <translation>Zu den neuesten &amp;Wörtern</translation>
        </message>
        <message>
            <source>Scroll to the end and stay there</source>
            <translation>Zum Ende gehen und dort bleiben</translation>
        </message>
        <message>
            <source>Choose the &amp;microphone</source>
            <translation>&amp;Mikrofon wählen</translation>
        </message>
        <message>
            <source>Go to the list of microphones</source>
            <translation>Zur Liste der Mikrofone gehen</translation>
        </message>
        <message>
            <source>&amp;Larger model size</source>
            <translation>&amp;Größere Modellgröße</translation>
        </message>
        <message>
            <source>Better words, more computing</source>
            <translation>Bessere Wörter, mehr Rechenarbeit</translation>
        </message>
        <message>
            <source>Sm&amp;aller model size</source>
            <translation>&amp;Kleinere Modellgröße</translation>
        </message>
        <message>
            <source>Less computing, rougher words</source>
            <translation>Weniger Rechenarbeit, gröbere Wörter</translation>
        </message>
        <message>
            <source>&amp;Larger text</source>
            <translation>&amp;Größere Schrift</translation>
        </message>
        <message>
            <source>Make the transcript larger</source>
            <translation>Die Mitschrift größer zeigen</translation>
        </message>
        <message>
            <source>&amp;Smaller text</source>
            <translation>&amp;Kleinere Schrift</translation>
        </message>
        <message>
            <source>Make the transcript smaller</source>
            <translation>Die Mitschrift kleiner zeigen</translation>
        </message>
        <message>
            <source>&amp;Normal text size</source>
            <translation>&amp;Normale Schrift</translation>
        </message>
        <message>
            <source>Make the transcript as large as at first</source>
            <translation>Die Mitschrift so groß wie zu Anfang zeigen</translation>
        </message>
        <message>
            <source>As the &amp;system</source>
            <translation>Wie das &amp;System</translation>
        </message>
        <message>
            <source>Light or dark as the system is</source>
            <translation>Hell oder dunkel, wie das System ist</translation>
        </message>
        <message>
            <source>&amp;Light</source>
            <translation>&amp;Hell</translation>
        </message>
        <message>
            <source>Dark on light</source>
            <translation>Dunkel auf Hell</translation>
        </message>
        <message>
            <source>&amp;Dark</source>
            <translation>&amp;Dunkel</translation>
        </message>
        <message>
            <source>Light on dark</source>
            <translation>Hell auf Dunkel</translation>
        </message>
        <message>
            <source>&amp;Model and memory</source>
            <translation>Modell und &amp;Speicher</translation>
        </message>
        <message>
            <source>Show or hide the model's size and its memory</source>
            <translation>Größe und Speicher des Modells zeigen oder verbergen</translation>
        </message>
        <message>
            <source>&amp;Full screen</source>
            <translation>&amp;Vollbild</translation>
        </message>
        <message>
            <source>Use the whole screen</source>
            <translation>Den ganzen Bildschirm nutzen</translation>
        </message>
        <message>
            <source>Sett&amp;ings…</source>
            <translation>&amp;Einstellungen …</translation>
        </message>
        <message>
            <source>Change how Nestling works</source>
            <translation>Ändern, wie Nestling arbeitet</translation>
        </message>
        <message>
            <source>&amp;Privacy…</source>
            <translation>&amp;Privates …</translation>
        </message>
        <message>
            <source>What is kept, where, how long; delete everything</source>
            <translation>Was aufbewahrt wird, wo, wie lange; alles löschen</translation>
        </message>
        <message>
            <source>&amp;What Nestling is</source>
            <translation>&amp;Was Nestling ist</translation>
        </message>
        <message>
            <source>The three lines of the first start</source>
            <translation>Die drei Zeilen vom ersten Start</translation>
        </message>
        <message>
            <source>&amp;About Nestling</source>
            <translation>&amp;Über Nestling</translation>
        </message>
        <message>
            <source>Version and licences</source>
            <translation>Version und Lizenzen</translation>
        </message>
        <message>
            <source>&amp;Close</source>
            <translation>S&amp;chließen</translation>
        </message>
        <message>
            <source>Close the window</source>
            <translation>Das Fenster schließen</translation>
        </message>
        <message>
            <source>&amp;Quit</source>
            <translation>&amp;Beenden</translation>
        </message>
        <message>
            <source>End Nestling</source>
            <translation>Nestling beenden</translation>
        </message>
        <message>
            <source>&amp;Transcript</source>
            <translation>&amp;Mitschrift</translation>
        </message>
        <message>
            <source>Ask the model, by keyboard, aloud or with a picture</source>
            <translation>Das Modell fragen: mit der Tastatur, laut oder mit einem Bild</translation>
        </message>
        <message>
            <source>C&amp;onversation</source>
            <translation>&amp;Unterhaltung</translation>
        </message>
        <message>
            <source>Show what is heard, word by word</source>
            <translation>Zeigen, was gehört wird, Wort für Wort</translation>
        </message>
        <message>
            <source>Ca&amp;ptions</source>
            <translation>Un&amp;tertitel</translation>
        </message>
        <message>
            <source>&amp;Translate what is not translated yet</source>
            <translation>Noch nicht Übersetztes übe&amp;rsetzen</translation>
        </message>
        <message>
            <source>S&amp;wap the languages</source>
            <translation>Sprachen &amp;tauschen</translation>
        </message>
        <message>
            <source>Show what is heard in a small window above all others</source>
            <translation>Gehörtes in einem kleinen Fenster über allen anderen zeigen</translation>
        </message>
        <message>
            <source>Translate the lines of the transcript that have no translation</source>
            <translation>Die Zeilen der Mitschrift übersetzen, die noch keine Übersetzung haben</translation>
        </message>
        <message>
            <source>Translate the other way round</source>
            <translation>In die andere Richtung übersetzen</translation>
        </message>
        <message>
            <source>M&amp;odels…</source>
            <translation>M&amp;odelle …</translation>
        </message>
        <message>
            <source>Download Gemma 3n, open it, or delete it</source>
            <translation>Gemma 3n herunterladen, öffnen oder löschen</translation>
        </message>
        <message>
            <source>Conn&amp;ections…</source>
            <translation>Verbin&amp;dungen …</translation>
        </message>
        <message>
            <source>Every connection that Nestling can make, and when</source>
            <translation>Jede Verbindung, die Nestling herstellen kann, und wann</translation>
        </message>
        <message>
            <source>C&amp;heck the model…</source>
            <translation>Das Modell &amp;prüfen …</translation>
        </message>
        <message>
            <source>Whether its files are whole, and what it can do on this computer</source>
            <translation>Ob seine Dateien vollständig sind und was es auf diesem Computer leistet</translation>
        </message>
    </context>
    <context>
        <name>AnswersDialog</name>
        <message>
            <source> tokens</source>
            <translation> Token</translation>
        </message>
        <message>
            <source>&amp;Instruction for this conversation</source>
            <translation>&amp;Anweisung für diese Unterhaltung</translation>
        </message>
        <message>
            <source>&amp;Longest answer</source>
            <translation>&amp;Längste Antwort</translation>
        </message>
        <message>
            <source>&amp;Seed</source>
            <translation>&amp;Startwert</translation>
        </message>
        <message>
            <source>&amp;Temperature</source>
            <translation>&amp;Temperatur</translation>
        </message>
        <message>
            <source>Balanced: as Google recommends for Gemma 3n</source>
            <translation>Ausgewogen: wie von Google für Gemma 3n empfohlen</translation>
        </message>
        <message>
            <source>Calm: likely words, few surprises</source>
            <translation>Ruhig: naheliegende Wörter, wenig Überraschungen</translation>
        </message>
        <message>
            <source>Exact numbers</source>
            <translation>Genaue Zahlen</translation>
        </message>
        <message>
            <source>For example: answer in one sentence.</source>
            <translation>Zum Beispiel: Antworte in einem Satz.</translation>
        </message>
        <message>
            <source>Free: less likely words, too</source>
            <translation>Frei: auch weniger naheliegende Wörter</translation>
        </message>
        <message>
            <source>From steady to lively</source>
            <translation>Von stetig bis lebhaft</translation>
        </message>
        <message>
            <source>How to answer</source>
            <translation>Wie geantwortet wird</translation>
        </message>
        <message>
            <source>Instruction for this conversation</source>
            <translation>Anweisung für diese Unterhaltung</translation>
        </message>
        <message>
            <source>Lively</source>
            <translation>Lebhaft</translation>
        </message>
        <message>
            <source>Lively: surprising, and sometimes wrong</source>
            <translation>Lebhaft: überraschend und manchmal falsch</translation>
        </message>
        <message>
            <source>Numbers of your own</source>
            <translation>Eigene Zahlen</translation>
        </message>
        <message>
            <source>Steady</source>
            <translation>Stetig</translation>
        </message>
        <message>
            <source>Steady: the same answer each time</source>
            <translation>Stetig: jedes Mal dieselbe Antwort</translation>
        </message>
        <message>
            <source>Top-&amp;k (0: off)</source>
            <translation>Top-&amp;k (0: aus)</translation>
        </message>
        <message>
            <source>Top-&amp;p</source>
            <translation>Top-&amp;p</translation>
        </message>
        <message>
            <source>another each time</source>
            <translation>jedes Mal ein anderer</translation>
        </message>
    </context>
    <context>
        <name>Application</name>
        <message>
            <source>This transcript is kept nowhere else. This cannot be undone.</source>
            <translation>Diese Mitschrift ist nirgends sonst aufbewahrt. Das lässt sich nicht rückgängig machen.</translation>
        </message>
        <message>
            <source>Close Nestling?</source>
            <translation>Nestling schließen?</translation>
        </message>
        <message>
            <source>The disk does not take what is still to be kept: it will be lost. Make room first, or save it as a file in another place.</source>
            <translation>Der Datenträger nimmt nicht an, was noch aufzubewahren ist: Es geht verloren. Schaffen Sie zuerst Platz, oder speichern Sie es als Datei an einem anderen Ort.</translation>
        </message>
        <message>
            <source>Finishing the last words, then Nestling closes…</source>
            <translation>Die letzten Wörter werden fertig, dann schließt Nestling …</translation>
        </message>
    </context>
    <context>
        <name>Banner</name>
        <message>
            <source>Dismiss this message</source>
            <translation>Diese Meldung schließen</translation>
        </message>
    </context>
    <context>
        <name>CameraController</name>
        <message>
            <source>This desktop (Wayland) lets programs see the screen only through its portal, and none answers. Take a screenshot with the desktop's own key and paste it into the question.</source>
            <translation>Diese Arbeitsumgebung (Wayland) lässt Programme den Bildschirm nur über ihr Portal sehen, und keines antwortet. Machen Sie mit der Taste der Arbeitsumgebung ein Bildschirmfoto und fügen Sie es in die Frage ein.</translation>
        </message>
        <message>
            <source>What was looked at is not on the screen any more.</source>
            <translation>Was betrachtet wurde, ist nicht mehr auf dem Bildschirm.</translation>
        </message>
        <message>
            <source>The library OpenCV, which reads cameras, is missing or broken. Run the set-up of Nestling again.</source>
            <translation>Die Bibliothek OpenCV, die Kameras liest, fehlt oder ist beschädigt. Führen Sie die Einrichtung von Nestling noch einmal aus.</translation>
        </message>
        <message>
            <source>This file cannot be read as a video. Choose another one, or save it as MP4.</source>
            <translation>Diese Datei lässt sich nicht als Video lesen. Wählen Sie eine andere, oder speichern Sie sie als MP4.</translation>
        </message>
        <message>
            <source>The network camera cannot be reached. Look at its address, and whether it is on; Nestling keeps trying.</source>
            <translation>Die Netzwerkkamera ist nicht erreichbar. Prüfen Sie ihre Adresse und ob sie eingeschaltet ist; Nestling versucht es weiter.</translation>
        </message>
        <message>
            <source>The camera cannot be opened. Perhaps another program uses it, or this user may not; Nestling keeps trying.</source>
            <translation>Die Kamera lässt sich nicht öffnen. Vielleicht benutzt sie ein anderes Programm, oder dieser Benutzer darf es nicht; Nestling versucht es weiter.</translation>
        </message>
        <message>
            <source>The camera is gone. Connect it again, and looking goes on by itself.</source>
            <translation>Die Kamera ist weg. Schließen Sie sie wieder an, dann geht das Betrachten von selbst weiter.</translation>
        </message>
        <message>
            <source>The camera sends no pictures any more. Looking goes on by itself when it does.</source>
            <translation>Die Kamera sendet keine Bilder mehr. Sobald sie es tut, geht das Betrachten von selbst weiter.</translation>
        </message>
        <message>
            <source>The camera hangs and is not released yet, so its lamp may still be lit. Nestling takes no picture from it any more; unplug it to be sure.</source>
            <translation>Die Kamera hängt und ist noch nicht freigegeben, ihre Lampe kann also noch leuchten. Nestling nimmt kein Bild mehr von ihr an; ziehen Sie sie ab, um sicherzugehen.</translation>
        </message>
        <message>
            <source>The camera stopped because of an error in Nestling.</source>
            <translation>Die Kamera ist wegen eines Fehlers in Nestling stehen geblieben.</translation>
        </message>
    </context>
    <context>
        <name>CameraMark</name>
        <message>
            <source>Screen in view</source>
            <translation>Bildschirm im Blick</translation>
        </message>
        <message>
            <source>Camera on</source>
            <translation>Kamera an</translation>
        </message>
        <message>
            <source>Looking at {name}</source>
            <translation>Blick auf {name}</translation>
        </message>
        <message>
            <source>Video open</source>
            <translation>Video offen</translation>
        </message>
        <message>
            <source>▶ Video · {title}</source>
            <translation>▶ Video · {title}</translation>
        </message>
        <message>
            <source>◉ Camera on · {title}</source>
            <translation>◉ Kamera an · {title}</translation>
        </message>
        <message>
            <source>◉ Screen in view · {title}</source>
            <translation>◉ Bildschirm im Blick · {title}</translation>
        </message>
    </context>
    <context>
        <name>CameraPreview</name>
        <message>
            <source>What the camera sees</source>
            <translation>Was die Kamera sieht</translation>
        </message>
        <message>
            <source>Nothing is looked at</source>
            <translation>Es wird nichts betrachtet</translation>
        </message>
    </context>
    <context>
        <name>CaptionWindow</name>
        <message>
            <source>Captions</source>
            <translation>Untertitel</translation>
        </message>
        <message>
            <source>Captions appear here</source>
            <translation>Hier erscheinen die Untertitel</translation>
        </message>
        <message>
            <source>Captions — Nestling</source>
            <translation>Untertitel – Nestling</translation>
        </message>
    </context>
    <context>
        <name>Captions</name>
        <message>
            <source>On this desktop (Wayland) only you can keep the captions above other windows and choose their place: by the window menu of your desktop.</source>
            <translation>Auf diesem Desktop (Wayland) können nur Sie die Untertitel über anderen Fenstern halten und ihren Platz wählen: im Fenstermenü Ihres Desktops.</translation>
        </message>
    </context>
    <context>
        <name>CaptureController</name>
        <message>
            <source>The sound now comes from another microphone: {}.</source>
            <translation>Der Ton kommt jetzt von einem anderen Mikrofon: {}.</translation>
        </message>
        <message>
            <source>The sound library PortAudio is missing. On Debian and Ubuntu install the package libportaudio2, then start Nestling again.</source>
            <translation>Die Tonbibliothek PortAudio fehlt. Installieren Sie unter Debian und Ubuntu das Paket libportaudio2 und starten Sie Nestling neu.</translation>
        </message>
        <message>
            <source>No microphone was found. Connect one, and listening begins by itself.</source>
            <translation>Kein Mikrofon gefunden. Schließen Sie eines an, dann beginnt das Zuhören von selbst.</translation>
        </message>
        <message>
            <source>The microphone is gone. Connect it again, and listening goes on by itself.</source>
            <translation>Das Mikrofon ist weg. Schließen Sie es wieder an, dann geht das Zuhören von selbst weiter.</translation>
        </message>
        <message>
            <source>The sound server does not answer. Listening goes on by itself when it does.</source>
            <translation>Der Tonserver antwortet nicht. Sobald er antwortet, geht das Zuhören von selbst weiter.</translation>
        </message>
        <message>
            <source>Recording failed. Stop and start it again.</source>
            <translation>Die Aufnahme ist fehlgeschlagen. Beenden Sie sie und beginnen Sie neu.</translation>
        </message>
    </context>
    <context>
        <name>ChatActions</name>
        <message>
            <source>&amp;Conversation</source>
            <translation>&amp;Unterhaltung</translation>
        </message>
        <message>
            <source>&amp;Copy message</source>
            <translation>Nachricht &amp;kopieren</translation>
        </message>
        <message>
            <source>&amp;Delete this conversation…</source>
            <translation>Diese Unterhaltung &amp;löschen…</translation>
        </message>
        <message>
            <source>&amp;Edit the question</source>
            <translation>Frage &amp;bearbeiten</translation>
        </message>
        <message>
            <source>&amp;Find in conversations</source>
            <translation>In Unterhaltungen &amp;suchen</translation>
        </message>
        <message>
            <source>&amp;Go on</source>
            <translation>&amp;Weiter</translation>
        </message>
        <message>
            <source>&amp;New conversation</source>
            <translation>&amp;Neue Unterhaltung</translation>
        </message>
        <message>
            <source>&amp;Previous version</source>
            <translation>&amp;Vorige Fassung</translation>
        </message>
        <message>
            <source>&amp;Rename…</source>
            <translation>&amp;Umbenennen…</translation>
        </message>
        <message>
            <source>&amp;Stop the answer</source>
            <translation>Antwort an&amp;halten</translation>
        </message>
        <message>
            <source>An instruction for the model, and how lively it answers</source>
            <translation>Eine Anweisung für das Modell, und wie lebhaft es antwortet</translation>
        </message>
        <message>
            <source>Answer &amp;again</source>
            <translation>N&amp;och einmal antworten</translation>
        </message>
        <message>
            <source>Ask differently from here on; what followed stays on its branch</source>
            <translation>Von hier an anders fragen; was folgte, bleibt auf seinem Zweig</translation>
        </message>
        <message>
            <source>Begin with an empty page; this conversation is kept</source>
            <translation>Mit einer leeren Seite beginnen; diese Unterhaltung bleibt erhalten</translation>
        </message>
        <message>
            <source>Copy c&amp;ode</source>
            <translation>&amp;Code kopieren</translation>
        </message>
        <message>
            <source>Copy the last block of code of this message</source>
            <translation>Den letzten Codeblock dieser Nachricht kopieren</translation>
        </message>
        <message>
            <source>Copy the marked words, or the whole message as it was written</source>
            <translation>Die markierten Wörter kopieren oder die ganze Nachricht, wie sie geschrieben wurde</translation>
        </message>
        <message>
            <source>Delete it for good; nothing of it stays on this computer</source>
            <translation>Endgültig löschen; nichts davon bleibt auf diesem Rechner</translation>
        </message>
        <message>
            <source>End the answer now; what is written stays</source>
            <translation>Die Antwort jetzt beenden; was geschrieben ist, bleibt</translation>
        </message>
        <message>
            <source>Give this conversation another title</source>
            <translation>Dieser Unterhaltung einen anderen Titel geben</translation>
        </message>
        <message>
            <source>Go on with an answer that was stopped or cut off</source>
            <translation>Eine angehaltene oder abgebrochene Antwort fortsetzen</translation>
        </message>
        <message>
            <source>Hear a question through the microphone; press again to ask it</source>
            <translation>Eine Frage über das Mikrofon hören; noch einmal drücken, um sie zu stellen</translation>
        </message>
        <message>
            <source>How to ans&amp;wer…</source>
            <translation>Wie &amp;geantwortet wird…</translation>
        </message>
        <message>
            <source>Look for words in everything that was asked and answered</source>
            <translation>Wörter in allem suchen, was gefragt und geantwortet wurde</translation>
        </message>
        <message>
            <source>Next &amp;version</source>
            <translation>Nächste F&amp;assung</translation>
        </message>
        <message>
            <source>Save as &amp;JSON…</source>
            <translation>Als &amp;JSON speichern…</translation>
        </message>
        <message>
            <source>Save as &amp;Markdown…</source>
            <translation>Als &amp;Markdown speichern…</translation>
        </message>
        <message>
            <source>Save every branch for other programs</source>
            <translation>Alle Zweige für andere Programme speichern</translation>
        </message>
        <message>
            <source>Save this branch as a text to be read</source>
            <translation>Diesen Zweig als lesbaren Text speichern</translation>
        </message>
        <message>
            <source>Say the &amp;question</source>
            <translation>&amp;Frage sprechen</translation>
        </message>
        <message>
            <source>Show the version before this one, with what followed it</source>
            <translation>Die Fassung vor dieser zeigen, mit dem, was ihr folgte</translation>
        </message>
        <message>
            <source>Show the version behind this one, with what followed it</source>
            <translation>Die Fassung nach dieser zeigen, mit dem, was ihr folgte</translation>
        </message>
        <message>
            <source>Write another answer; this one stays beside it</source>
            <translation>Eine andere Antwort schreiben; diese bleibt daneben</translation>
        </message>
        <message>
            <source>&amp;Keep pictures and sound</source>
            <translation>Bilder und &amp;Ton behalten</translation>
        </message>
        <message>
            <source>Store what went with this question, until its conversation is deleted</source>
            <translation>Speichert, was mit dieser Frage kam, bis die Unterhaltung gelöscht wird</translation>
        </message>
    </context>
    <context>
        <name>Commands</name>
        <message>
            <source>Empty the window?</source>
            <translation>Fenster leeren?</translation>
        </message>
        <message>
            <source>This transcript is kept nowhere else. This cannot be undone.</source>
            <translation>Diese Mitschrift ist nirgends sonst aufbewahrt. Das lässt sich nicht rückgängig machen.</translation>
        </message>
        <message>
            <source>Save the transcript</source>
            <translation>Mitschrift speichern</translation>
        </message>
        <message>
            <source>Text (*.txt)</source>
            <translation>Text (*.txt)</translation>
        </message>
        <message>
            <source>SubRip subtitles (*.srt)</source>
            <translation>SubRip-Untertitel (*.srt)</translation>
        </message>
        <message>
            <source>WebVTT subtitles (*.vtt)</source>
            <translation>WebVTT-Untertitel (*.vtt)</translation>
        </message>
        <message>
            <source>The transcript cannot be saved as {file} ({reason}). Choose another folder or make room; it is still in the window.</source>
            <translation>Die Mitschrift kann nicht als {file} gespeichert werden ({reason}). Wählen Sie einen anderen Ordner oder schaffen Sie Platz; sie steht noch im Fenster.</translation>
        </message>
        <message>
            <source>Saved as {file}.</source>
            <translation>Gespeichert als {file}.</translation>
        </message>
        <message>
            <source>Stop listening first; then an earlier transcript can be shown.</source>
            <translation>Beenden Sie zuerst das Zuhören; dann kann eine frühere Mitschrift gezeigt werden.</translation>
        </message>
        <message>
            <source>Open a model folder</source>
            <translation>Modellordner öffnen</translation>
        </message>
        <message>
            <source>Stop listening first; then everything can be deleted.</source>
            <translation>Beenden Sie zuerst das Zuhören; dann kann alles gelöscht werden.</translation>
        </message>
        <message>
            <source>Not everything could be deleted ({reason}); look at {folder}.</source>
            <translation>Nicht alles konnte gelöscht werden ({reason}); sehen Sie in {folder} nach.</translation>
        </message>
        <message>
            <source>Everything is deleted.</source>
            <translation>Alles ist gelöscht.</translation>
        </message>
        <message>
            <source>SubRip subtitles in both languages (*.srt)</source>
            <translation>SubRip-Untertitel in beiden Sprachen (*.srt)</translation>
        </message>
        <message>
            <source>Text in both languages (*.txt)</source>
            <translation>Text in beiden Sprachen (*.txt)</translation>
        </message>
        <message>
            <source>The translation as SubRip subtitles (*.srt)</source>
            <translation>Die Übersetzung als SubRip-Untertitel (*.srt)</translation>
        </message>
        <message>
            <source>The translation as WebVTT subtitles (*.vtt)</source>
            <translation>Die Übersetzung als WebVTT-Untertitel (*.vtt)</translation>
        </message>
        <message>
            <source>The translation as text (*.txt)</source>
            <translation>Die Übersetzung als Text (*.txt)</translation>
        </message>
        <message>
            <source>WebVTT subtitles in both languages (*.vtt)</source>
            <translation>WebVTT-Untertitel in beiden Sprachen (*.vtt)</translation>
        </message>
        <message>
            <source>[{seconds} s of sound missing]</source>
            <translation>[{seconds} s Ton fehlen]</translation>
        </message>
    </context>
    <context>
        <name>Composer</name>
        <message>
            <source>Ask</source>
            <translation>Fragen</translation>
        </message>
        <message>
            <source>Ask anew</source>
            <translation>Neu fragen</translation>
        </message>
        <message>
            <source>Ask something</source>
            <translation>Fragen Sie etwas</translation>
        </message>
        <message>
            <source>Hearing your question · {seconds:.0f} s; let go to ask</source>
            <translation>Hört Ihre Frage · {seconds:.0f} s; loslassen, um zu fragen</translation>
        </message>
        <message>
            <source>Hold and say your question; let go to ask it</source>
            <translation>Halten und die Frage sprechen; loslassen, um sie zu stellen</translation>
        </message>
        <message>
            <source>How to answer</source>
            <translation>Wie geantwortet wird</translation>
        </message>
        <message>
            <source>Question</source>
            <translation>Frage</translation>
        </message>
        <message>
            <source>Say the question: hold, or press and press again</source>
            <translation>Frage sprechen: halten, oder drücken und noch einmal drücken</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Anhalten</translation>
        </message>
        <message>
            <source>◉ The picture that is seen when you ask goes along</source>
            <translation>◉ Das Bild, das beim Fragen zu sehen ist, geht mit</translation>
        </message>
    </context>
    <context>
        <name>ConnectionsPage</name>
        <message>
            <source>Only when you ask for it</source>
            <translation>Nur wenn Sie es wollen</translation>
        </message>
        <message>
            <source>Models: when you press Download or Continue on the page of models, until the model has arrived or you press Pause. To huggingface.co, or the server that you name instead, and to the hosts that it sends the download on to. Sent: the name of the model, the names and versions of the download’s libraries, and, if the server wants to know who asks, your token; the token goes to that server alone. Proxies of this computer’s settings are used.</source>
            <translation>Modelle: wenn Sie auf der Seite der Modelle „Herunterladen“ oder „Fortsetzen“ drücken, bis das Modell angekommen ist oder Sie „Pause“ drücken. Zu huggingface.co oder dem Server, den Sie stattdessen nennen, und zu den Rechnern, an die er den Download weiterleitet. Gesendet werden: der Name des Modells, Namen und Versionen der Bibliotheken, die herunterladen, und, wenn der Server wissen will, wer fragt, Ihr Token; das Token geht allein an diesen Server. Proxys aus den Einstellungen dieses Rechners werden verwendet.</translation>
        </message>
        <message>
            <source>A network camera: while you look at one, to the address that you gave. Its pictures are not sent anywhere.</source>
            <translation>Eine Netzwerkkamera: solange Sie eine betrachten, zu der Adresse, die Sie angegeben haben. Ihre Bilder werden nirgendwohin gesendet.</translation>
        </message>
        <message>
            <source>Pages: a button or a link that names a page opens it in your browser, which makes connections of its own.</source>
            <translation>Seiten: Ein Knopf oder Verweis, der eine Seite nennt, öffnet sie in Ihrem Browser, der eigene Verbindungen herstellt.</translation>
        </message>
        <message>
            <source>Set-up: “main.py setup” and “main.py test”, which you type in a shell, fetch packages with pip and apt from the servers that these are set to.</source>
            <translation>Einrichtung: „main.py setup“ und „main.py test“, die Sie in einer Shell eingeben, holen Pakete mit pip und apt von den Servern, die dort eingestellt sind.</translation>
        </message>
        <message>
            <source>Inside this computer, never out of it</source>
            <translation>Innerhalb dieses Rechners, nie hinaus</translation>
        </message>
        <message>
            <source>The sound server, the screen, the desktop’s portal and its keyring, through local sockets; another start of Nestling, which the first one answers; the processes in which models work and downloads run, through pipes.</source>
            <translation>Tonserver, Bildschirm, das Portal der Arbeitsumgebung und ihr Schlüsselbund, über lokale Sockets; ein weiterer Start von Nestling, dem der erste antwortet; die Prozesse, in denen Modelle arbeiten und Downloads laufen, über Pipes.</translation>
        </message>
        <message>
            <source>Never</source>
            <translation>Nie</translation>
        </message>
        <message>
            <source>Updates, statistics, reports of errors, what you say, write or show: none of it is sent to anybody.</source>
            <translation>Aktualisierungen, Statistiken, Fehlerberichte, was Sie sagen, schreiben oder zeigen: Nichts davon wird an irgendjemanden gesendet.</translation>
        </message>
    </context>
    <context>
        <name>ContextMeter</name>
        <message>
            <source>Context</source>
            <translation>Kontext</translation>
        </message>
        <message>
            <source>How much of what the model can bear in mind this conversation takes. When it is full, the oldest messages fall out of the model's sight; they stay in the window.</source>
            <translation>Wie viel von dem, was das Modell im Sinn behalten kann, diese Unterhaltung braucht. Ist es voll, sieht das Modell die ältesten Nachrichten nicht mehr; im Fenster bleiben sie.</translation>
        </message>
        <message>
            <source>{used} of {limit} tokens</source>
            <translation>{used} von {limit} Token</translation>
        </message>
    </context>
    <context>
        <name>ConversationBook</name>
        <message>
            <source>Without words</source>
            <translation>Ohne Worte</translation>
        </message>
    </context>
    <context>
        <name>ConversationController</name>
        <message>
            <source>An answer is still being written: stop it, or wait for its end.</source>
            <translation>Es wird noch eine Antwort geschrieben: Halten Sie sie an, oder warten Sie ihr Ende ab.</translation>
        </message>
        <message>
            <source>No model is open. Open a model folder first.</source>
            <translation>Kein Modell ist geöffnet. Öffnen Sie zuerst einen Modellordner.</translation>
        </message>
        <message>
            <source>There is nothing to ask yet: write a question.</source>
            <translation>Es gibt noch nichts zu fragen: Schreiben Sie eine Frage.</translation>
        </message>
        <message>
            <source>{name} answers questions about pictures only: add a picture, or open the folder of a general Gemma 3n model (E2B or E4B) to ask other things.</source>
            <translation>{name} beantwortet nur Fragen zu Bildern: Fügen Sie ein Bild hinzu, oder öffnen Sie den Ordner eines allgemeinen Gemma-3n-Modells (E2B oder E4B), um anderes zu fragen.</translation>
        </message>
        <message>
            <source>{name} was made to listen, not to answer: open the folder of a general Gemma 3n model (E2B or E4B) to ask things.</source>
            <translation>{name} wurde zum Zuhören gemacht, nicht zum Antworten: Öffnen Sie den Ordner eines allgemeinen Gemma-3n-Modells (E2B oder E4B), um etwas zu fragen.</translation>
        </message>
    </context>
    <context>
        <name>ConversationFeature</name>
        <message>
            <source>Delete</source>
            <translation>Löschen</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>Noch einmal versuchen</translation>
        </message>
        <message>
            <source>Delete this conversation?</source>
            <translation>Diese Unterhaltung löschen?</translation>
        </message>
        <message>
            <source>No sound came from the microphone; ask again.</source>
            <translation>Vom Mikrofon kam kein Ton; fragen Sie noch einmal.</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Öffnen</translation>
        </message>
        <message>
            <source>Open this link?</source>
            <translation>Diesen Link öffnen?</translation>
        </message>
        <message>
            <source>The model wrote it, and it may lead anywhere. It opens in your browser:

{url}</source>
            <translation>Das Modell hat ihn geschrieben, und er kann überallhin führen. Er öffnet sich in Ihrem Browser:

{url}</translation>
        </message>
        <message>
            <source>“{title}” will be deleted for good, on every branch.</source>
            <translation>„{title}“ wird endgültig gelöscht, auf allen Zweigen.</translation>
        </message>
        <message>
            <source>Nothing is kept while conversations are not; the settings say so.</source>
            <translation>Solange Unterhaltungen nicht behalten werden, wird auch das nicht behalten; so steht es in den Einstellungen.</translation>
        </message>
        <message numerus="yes">
            <source>Pictures and sound of %Ln questions were not kept: the model answers without them.</source>
            <translation>
                <numerusform>Bilder und Ton zu %Ln Frage wurden nicht behalten: Das Modell antwortet ohne sie.</numerusform>
                <numerusform>Bilder und Ton zu %Ln Fragen wurden nicht behalten: Das Modell antwortet ohne sie.</numerusform>
            </translation>
        </message>
        <message>
            <source>What you said while the answer was being written was not asked, because you went to another conversation.</source>
            <translation>Was Sie gesagt haben, während die Antwort geschrieben wurde, wurde nicht gefragt, weil Sie zu einer anderen Unterhaltung gegangen sind.</translation>
        </message>
    </context>
    <context>
        <name>ConversationList</name>
        <message>
            <source>Conversations</source>
            <translation>Unterhaltungen</translation>
        </message>
        <message>
            <source>Find</source>
            <translation>Suchen</translation>
        </message>
        <message>
            <source>Find in conversations</source>
            <translation>In Unterhaltungen suchen</translation>
        </message>
        <message>
            <source>New conversation</source>
            <translation>Neue Unterhaltung</translation>
        </message>
        <message>
            <source>Nothing was found</source>
            <translation>Nichts gefunden</translation>
        </message>
    </context>
    <context>
        <name>ConversationView</name>
        <message>
            <source>Messages</source>
            <translation>Nachrichten</translation>
        </message>
        <message>
            <source>Nothing has been asked yet</source>
            <translation>Noch wurde nichts gefragt</translation>
        </message>
        <message>
            <source>Write a question below, or hold the microphone and say it.</source>
            <translation>Schreiben Sie unten eine Frage, oder halten Sie das Mikrofon und sprechen Sie sie.</translation>
        </message>
    </context>
    <context>
        <name>CrashLog</name>
        <message>
            <source>Something went wrong inside Nestling ({kind}). Your transcript is kept; if it behaves oddly, start it again. Details: {file}</source>
            <translation>In Nestling ging etwas schief ({kind}). Ihre Mitschrift ist erhalten; wenn sich etwas seltsam verhält, starten Sie neu. Einzelheiten: {file}</translation>
        </message>
    </context>
    <context>
        <name>Downloads</name>
        <message>
            <source>The download of {name} waits for a token.</source>
            <translation>Das Herunterladen von {name} wartet auf ein Token.</translation>
        </message>
        <message>
            <source>{name} has arrived.</source>
            <translation>{name} ist angekommen.</translation>
        </message>
        <message>
            <source>The download of {name} has stopped.</source>
            <translation>Das Herunterladen von {name} wurde unterbrochen.</translation>
        </message>
        <message>
            <source>Show the models</source>
            <translation>Modelle zeigen</translation>
        </message>
        <message>
            <source>The token for {host} is forgotten.</source>
            <translation>Das Token für {host} ist vergessen.</translation>
        </message>
        <message>
            <source>No token for {host} was kept.</source>
            <translation>Für {host} war kein Token aufbewahrt.</translation>
        </message>
    </context>
    <context>
        <name>EngineBridge</name>
        <message>
            <source>The model did not stop in time and is being started anew</source>
            <translation>Das Modell hielt nicht rechtzeitig an und wird neu gestartet</translation>
        </message>
        <message>
            <source>The model could not be started ({})</source>
            <translation>Das Modell konnte nicht gestartet werden ({})</translation>
        </message>
        <message>
            <source>The model stopped unexpectedly (exit code {})</source>
            <translation>Das Modell endete unerwartet (Code {})</translation>
        </message>
        <message>
            <source>The model stopped: memory ran out or it was killed</source>
            <translation>Das Modell endete: Der Speicher ging aus oder es wurde beendet</translation>
        </message>
        <message>
            <source>The model crashed ({})</source>
            <translation>Das Modell stürzte ab ({})</translation>
        </message>
        <message>
            <source>{}; the model before it is opened again.</source>
            <translation>{}; das Modell davor wird wieder geöffnet.</translation>
        </message>
        <message>
            <source>{}; open a model to try again.</source>
            <translation>{}; öffnen Sie ein Modell, um es noch einmal zu versuchen.</translation>
        </message>
        <message>
            <source>{}; it starts again in {} seconds.</source>
            <translation>{}; es startet in {} Sekunden neu.</translation>
        </message>
        <message>
            <source>{}; it starts again.</source>
            <translation>{}; es startet neu.</translation>
        </message>
        <message>
            <source>The model stopped: its files became shorter, or the disk that holds them failed</source>
            <translation>Das Modell hielt an: Seine Dateien wurden kürzer, oder ihr Datenträger fiel aus</translation>
        </message>
    </context>
    <context>
        <name>FileIntake</name>
        <message>
            <source>One file at a time, since transcripts are not kept: drop the next one when this one is written down.</source>
            <translation>Eine Datei nach der anderen, da Transkripte nicht aufbewahrt werden: Legen Sie die nächste ab, wenn die erste aufgeschrieben ist.</translation>
        </message>
        <message>
            <source>{count} files were heard; each has a transcript of its own.</source>
            <translation>{count} Dateien wurden gehört; jede hat ein eigenes Transkript.</translation>
        </message>
        <message>
            <source>Earlier transcripts</source>
            <translation>Frühere Transkripte</translation>
        </message>
        <message>
            <source>These files were not written down: {names}.</source>
            <translation>Diese Dateien wurden nicht aufgeschrieben: {names}.</translation>
        </message>
        <message>
            <source>A file can be written down once a model that transcribes is open.</source>
            <translation>Eine Datei kann aufgeschrieben werden, sobald ein Modell geöffnet ist, das transkribiert.</translation>
        </message>
        <message>
            <source>All files (*)</source>
            <translation>Alle Dateien (*)</translation>
        </message>
        <message>
            <source>Sound files and videos ({patterns})</source>
            <translation>Tondateien und Videos ({patterns})</translation>
        </message>
        <message>
            <source>Stop listening first; then a file can be written down.</source>
            <translation>Beenden Sie zuerst das Zuhören; dann kann eine Datei aufgeschrieben werden.</translation>
        </message>
        <message>
            <source>Transcribe a file</source>
            <translation>Datei transkribieren</translation>
        </message>
    </context>
    <context>
        <name>Hearing</name>
        <message numerus="yes">
            <source>The transcript of {when} was cut off; its %Ln words are here.</source>
            <translation>
                <numerusform>Die Mitschrift vom {when} wurde abgebrochen; ihr %Ln Wort steht hier.</numerusform>
                <numerusform>Die Mitschrift vom {when} wurde abgebrochen; ihre %Ln Wörter stehen hier.</numerusform>
            </translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>Noch einmal</translation>
        </message>
    </context>
    <context>
        <name>HistoryDialog</name>
        <message>
            <source>Nothing was found</source>
            <translation>Nichts gefunden</translation>
        </message>
        <message>
            <source>Find in earlier transcripts</source>
            <translation>In früheren Mitschriften suchen</translation>
        </message>
        <message>
            <source>Find</source>
            <translation>Suchen</translation>
        </message>
        <message>
            <source>Earlier transcripts</source>
            <translation>Frühere Mitschriften</translation>
        </message>
        <message>
            <source>There are no earlier transcripts.</source>
            <translation>Es gibt keine früheren Mitschriften.</translation>
        </message>
        <message>
            <source>Show in the window</source>
            <translation>Im Fenster zeigen</translation>
        </message>
        <message>
            <source>Delete</source>
            <translation>Löschen</translation>
        </message>
        <message numerus="yes">
            <source>%Ln words</source>
            <translation>
                <numerusform>%Ln Wort</numerusform>
                <numerusform>%Ln Wörter</numerusform>
            </translation>
        </message>
        <message>
            <source>“{transcript}” will be deleted from this computer.</source>
            <translation>„{transcript}“ wird von diesem Rechner gelöscht.</translation>
        </message>
        <message>
            <source>The transcript could not be deleted ({reason}); look at {folder}.</source>
            <translation>Die Mitschrift konnte nicht gelöscht werden ({reason}); sehen Sie in {folder} nach.</translation>
        </message>
        <message>
            <source>Delete the transcript?</source>
            <translation>Mitschrift löschen?</translation>
        </message>
    </context>
    <context>
        <name>LanguageBar</name>
        <message>
            <source>&amp;Translate</source>
            <translation>Über&amp;setzen</translation>
        </message>
        <message>
            <source>Any language</source>
            <translation>Beliebige Sprache</translation>
        </message>
        <message>
            <source>Each sentence is translated as soon as it is certain.</source>
            <translation>Jeder Satz wird übersetzt, sobald er feststeht.</translation>
        </message>
        <message>
            <source>Language that is spoken</source>
            <translation>Gesprochene Sprache</translation>
        </message>
        <message>
            <source>Language to translate into</source>
            <translation>Sprache, in die übersetzt wird</translation>
        </message>
        <message>
            <source>No translation</source>
            <translation>Keine Übersetzung</translation>
        </message>
        <message>
            <source>This model does not translate; open a general Gemma 3n model.</source>
            <translation>Dieses Modell übersetzt nicht; öffnen Sie ein allgemeines Modell von Gemma 3n.</translation>
        </message>
        <message>
            <source>{name} translates only into {languages}.</source>
            <translation>{name} übersetzt nur in diese Sprachen: {languages}.</translation>
        </message>
    </context>
    <context>
        <name>LevelMeter</name>
        <message>
            <source>Microphone level</source>
            <translation>Mikrofonpegel</translation>
        </message>
        <message>
            <source>No sound</source>
            <translation>Kein Ton</translation>
        </message>
        <message>
            <source>Very quiet</source>
            <translation>Sehr leise</translation>
        </message>
        <message>
            <source>Good level</source>
            <translation>Guter Pegel</translation>
        </message>
        <message>
            <source>Too loud</source>
            <translation>Zu laut</translation>
        </message>
        <message>
            <source>Microphone level: {level}</source>
            <translation>Mikrofonpegel: {level}</translation>
        </message>
    </context>
    <context>
        <name>ListeningController</name>
        <message>
            <source>No words were heard in {file}; a voice in it may be too quiet.</source>
            <translation>In {file} war kein Wort zu hören; vielleicht ist eine Stimme darin zu leise.</translation>
        </message>
    </context>
    <context>
        <name>ListeningMark</name>
        <message>
            <source>Listening state</source>
            <translation>Ob zugehört wird</translation>
        </message>
        <message>
            <source>Listening · waiting for sound</source>
            <translation>Hört zu · wartet auf Ton</translation>
        </message>
        <message>
            <source>Listening · {time}</source>
            <translation>Hört zu · {time}</translation>
        </message>
        <message>
            <source>Paused · {time}</source>
            <translation>Pause · {time}</translation>
        </message>
        <message>
            <source>Finishing the last words…</source>
            <translation>Die letzten Wörter werden fertig …</translation>
        </message>
        <message>
            <source>Not listening</source>
            <translation>Hört nicht zu</translation>
        </message>
        <message>
            <source>Hearing {microphone}</source>
            <translation>Gehört wird {microphone}</translation>
        </message>
        <message>
            <source>Hearing your question</source>
            <translation>Hört Ihre Frage</translation>
        </message>
        <message>
            <source>{count} more to come</source>
            <translation>noch {count} danach</translation>
        </message>
        <message>
            <source>{file} · {done}</source>
            <translation>{file} · {done}</translation>
        </message>
        <message>
            <source>{file} · {done} of {whole}</source>
            <translation>{file} · {done} von {whole}</translation>
        </message>
    </context>
    <context>
        <name>LiveState</name>
        <message>
            <source>Seeing is being loaded… {percent}</source>
            <translation>Das Sehen wird geladen … {percent}</translation>
        </message>
        <message>
            <source>Hearing is being loaded… {percent}</source>
            <translation>Das Hören wird geladen … {percent}</translation>
        </message>
        <message>
            <source>Nothing is read anew.</source>
            <translation>Nichts wird neu gelesen.</translation>
        </message>
        <message>
            <source>{tokens} tokens are read anew.</source>
            <translation>{tokens} Token werden neu gelesen.</translation>
        </message>
        <message>
            <source>{tokens} tokens are read anew, about {seconds} s.</source>
            <translation>{tokens} Token werden neu gelesen, etwa {seconds} s.</translation>
        </message>
    </context>
    <context>
        <name>LookActions</name>
        <message>
            <source>L&amp;ook</source>
            <translation>S&amp;ehen</translation>
        </message>
        <message>
            <source>&amp;Show the camera's place</source>
            <translation>&amp;Platz der Kamera zeigen</translation>
        </message>
        <message>
            <source>Show or hide the place for camera and screen; this turns nothing on</source>
            <translation>Den Platz für Kamera und Bildschirm zeigen oder verbergen; das schaltet nichts ein</translation>
        </message>
        <message>
            <source>&amp;Look</source>
            <translation>&amp;Hinsehen</translation>
        </message>
        <message>
            <source>Turn the chosen camera or screen on or off</source>
            <translation>Die gewählte Kamera oder den Bildschirm ein- oder ausschalten</translation>
        </message>
        <message>
            <source>Turn it off &amp;now</source>
            <translation>Jetzt a&amp;usschalten</translation>
        </message>
        <message>
            <source>Camera and screen off at once, wherever you are in the window</source>
            <translation>Kamera und Bildschirm sofort aus, wo immer Sie im Fenster sind</translation>
        </message>
        <message>
            <source>&amp;Ask about the picture</source>
            <translation>Nach dem &amp;Bild fragen</translation>
        </message>
        <message>
            <source>Write a question about what is seen now</source>
            <translation>Eine Frage zu dem schreiben, was jetzt zu sehen ist</translation>
        </message>
        <message>
            <source>&amp;Tell me when…</source>
            <translation>&amp;Sag mir, wenn…</translation>
        </message>
        <message>
            <source>Say when something happens; asked again only when the scene changes</source>
            <translation>Sagen, wenn etwas geschieht; neu gefragt wird nur, wenn sich die Szene ändert</translation>
        </message>
        <message>
            <source>Ask the &amp;moment</source>
            <translation>Nach dem Augenblic&amp;k fragen</translation>
        </message>
        <message>
            <source>One question of the last 20 seconds of sound, the picture and the marked text</source>
            <translation>Eine Frage aus den letzten 20 Sekunden Ton, dem Bild und dem markierten Text</translation>
        </message>
        <message>
            <source>Put this &amp;picture into the question</source>
            <translation>Dieses Bild in die &amp;Frage legen</translation>
        </message>
        <message>
            <source>The picture that is seen now goes with the question you are writing</source>
            <translation>Das Bild, das jetzt zu sehen ist, geht mit der Frage, die Sie schreiben</translation>
        </message>
        <message>
            <source>Put a picture &amp;file into the question…</source>
            <translation>Bild&amp;datei in die Frage legen…</translation>
        </message>
        <message>
            <source>Choose pictures; they can also be pasted or dropped into the question</source>
            <translation>Bilder wählen; man kann sie auch in die Frage einfügen oder ziehen</translation>
        </message>
        <message>
            <source>&amp;Keep this picture…</source>
            <translation>Dieses Bild behal&amp;ten…</translation>
        </message>
        <message>
            <source>Save the picture that is seen now; otherwise none is ever written down</source>
            <translation>Das Bild speichern, das jetzt zu sehen ist; sonst wird nie eines festgehalten</translation>
        </message>
        <message>
            <source>M&amp;irror the preview</source>
            <translation>&amp;Vorschau spiegeln</translation>
        </message>
        <message>
            <source>As in a mirror; what is asked about is never mirrored</source>
            <translation>Wie in einem Spiegel; wonach gefragt wird, ist nie gespiegelt</translation>
        </message>
        <message>
            <source>Turn the picture &amp;round</source>
            <translation>Bild d&amp;rehen</translation>
        </message>
        <message>
            <source>A quarter turn to the right, for a camera that stands on its side</source>
            <translation>Eine Vierteldrehung nach rechts, für eine Kamera, die auf der Seite steht</translation>
        </message>
    </context>
    <context>
        <name>Looking</name>
        <message>
            <source>No camera is connected. Connect one, or choose a screen or an address.</source>
            <translation>Es ist keine Kamera angeschlossen. Schließen Sie eine an, oder wählen Sie einen Bildschirm oder eine Adresse.</translation>
        </message>
        <message>
            <source>SCREEN IN VIEW</source>
            <translation>BILDSCHIRM IM BLICK</translation>
        </message>
        <message>
            <source>CAMERA ON</source>
            <translation>KAMERA AN</translation>
        </message>
        <message>
            <source>&amp;Off</source>
            <translation>&amp;Aus</translation>
        </message>
        <message>
            <source>&amp;Look</source>
            <translation>&amp;Hinsehen</translation>
        </message>
        <message>
            <source>Waiting for the first picture…</source>
            <translation>Warten auf das erste Bild…</translation>
        </message>
        <message>
            <source>No picture comes; trying again…</source>
            <translation>Es kommt kein Bild; neuer Versuch…</translation>
        </message>
        <message>
            <source>The video is over; this was its last picture.</source>
            <translation>Das Video ist zu Ende; dies war sein letztes Bild.</translation>
        </message>
        <message>
            <source>The video is over, and the watch for “{what}” ends with it.</source>
            <translation>Das Video ist zu Ende, und mit ihm das Achtgeben auf „{what}“.</translation>
        </message>
        <message>
            <source>No other picture will come from here, so there is nothing to wait for; ask about the one that is there.</source>
            <translation>Von hier kommt kein anderes Bild, es gibt also nichts abzuwarten; fragen Sie nach dem, das da ist.</translation>
        </message>
        <message>
            <source>There is no picture yet to ask about.</source>
            <translation>Es gibt noch kein Bild, nach dem gefragt werden kann.</translation>
        </message>
        <message>
            <source>There is nothing to ask about: neither is anything heard nor looked at, and no text is marked.</source>
            <translation>Es gibt nichts, wonach gefragt werden kann: Es wird weder zugehört noch hingesehen, und kein Text ist markiert.</translation>
        </message>
        <message>
            <source>What is this about?</source>
            <translation>Worum geht es hier?</translation>
        </message>
        <message>
            <source>{name} cannot see: open the folder of a general Gemma 3n model (E2B or E4B) to ask about pictures.</source>
            <translation>{name} kann nicht sehen: Öffnen Sie den Ordner eines allgemeinen Gemma-3n-Modells (E2B oder E4B), um nach Bildern zu fragen.</translation>
        </message>
        <message>
            <source>Now: {what}</source>
            <translation>Jetzt: {what}</translation>
        </message>
        <message>
            <source>No longer: {what}</source>
            <translation>Nicht mehr: {what}</translation>
        </message>
        <message>
            <source>No clear answer: {what}</source>
            <translation>Keine klare Antwort: {what}</translation>
        </message>
        <message>
            <source>VIDEO</source>
            <translation>VIDEO</translation>
        </message>
    </context>
    <context>
        <name>LookingPanel</name>
        <message>
            <source>{seen} frames seen · {skipped} skipped, nothing new · {asked} asked about</source>
            <translation>{seen} Bilder gesehen · {skipped} übergangen, nichts Neues · {asked} gefragt</translation>
        </message>
        <message>
            <source>{late} passed over while answering</source>
            <translation>{late} während einer Antwort übergangen</translation>
        </message>
        <message>
            <source>Watch no more</source>
            <translation>Nicht mehr achtgeben</translation>
        </message>
        <message>
            <source>Tell me when</source>
            <translation>Sag mir, wenn</translation>
        </message>
        <message>
            <source>What is this? · Someone is at the door</source>
            <translation>Was ist das? · Jemand steht an der Tür</translation>
        </message>
        <message>
            <source>Question about the picture, or what to tell of</source>
            <translation>Frage zum Bild, oder wovon berichtet werden soll</translation>
        </message>
        <message>
            <source>Ask</source>
            <translation>Fragen</translation>
        </message>
        <message>
            <source>Ask this about the picture that is seen now</source>
            <translation>Dies zu dem Bild fragen, das jetzt zu sehen ist</translation>
        </message>
        <message>
            <source>Say when this is so; asked again only when the scene has changed</source>
            <translation>Sagen, wenn es so ist; neu gefragt wird nur, wenn sich die Szene geändert hat</translation>
        </message>
        <message>
            <source>What was seen, newest first</source>
            <translation>Was gesehen wurde, das Neueste zuerst</translation>
        </message>
        <message>
            <source>Press Enter on a line to keep its picture</source>
            <translation>Eingabe auf einer Zeile behält ihr Bild</translation>
        </message>
    </context>
    <context>
        <name>MainWindow</name>
        <message>
            <source>Writing down a file — Nestling</source>
            <translation>Schreibt eine Datei auf — Nestling</translation>
        </message>
        <message>
            <source>● Listening — Nestling</source>
            <translation>● Hört zu – Nestling</translation>
        </message>
        <message>
            <source>Paused — Nestling</source>
            <translation>Pause – Nestling</translation>
        </message>
        <message>
            <source>Nestling</source>
            <translation>Nestling</translation>
        </message>
    </context>
    <context>
        <name>Markdown</name>
        <message>
            <source>Copy code</source>
            <translation>Code kopieren</translation>
        </message>
    </context>
    <context>
        <name>MemoryModel</name>
        <message>
            <source>Text model</source>
            <translation>Textmodell</translation>
        </message>
        <message>
            <source>Per-layer embeddings</source>
            <translation>Einbettungen je Schicht</translation>
        </message>
        <message>
            <source>Hearing</source>
            <translation>Hören</translation>
        </message>
        <message>
            <source>Seeing</source>
            <translation>Sehen</translation>
        </message>
        <message>
            <source>Working memory (KV cache)</source>
            <translation>Kurzzeitgedächtnis (KV-Cache)</translation>
        </message>
        <message>
            <source>The program itself</source>
            <translation>Das Programm selbst</translation>
        </message>
        <message>
            <source>{part}: {private} own memory, {mapped} read from files</source>
            <translation>{part}: {private} eigener Speicher, {mapped} aus Dateien gelesen</translation>
        </message>
        <message>
            <source>{part}, {percent} loaded</source>
            <translation>{part}, {percent} geladen</translation>
        </message>
        <message>
            <source>Starter ears</source>
            <translation>Starter-Ohren</translation>
        </message>
    </context>
    <context>
        <name>MemoryPanel</name>
        <message>
            <source>Memory</source>
            <translation>Speicher</translation>
        </message>
        <message>
            <source>Memory of each part</source>
            <translation>Speicher jedes Teils</translation>
        </message>
        <message>
            <source>Filled: memory of its own. Outlined: pages of files, which the system may drop.</source>
            <translation>Gefüllt: eigener Speicher. Umrandet: Seiten von Dateien, die das System verwerfen darf.</translation>
        </message>
    </context>
    <context>
        <name>Menus</name>
        <message>
            <source>&amp;File</source>
            <translation>&amp;Datei</translation>
        </message>
        <message>
            <source>More menus</source>
            <translation>Weitere Menüs</translation>
        </message>
        <message>
            <source>Save &amp;transcript</source>
            <translation>M&amp;itschrift speichern</translation>
        </message>
        <message>
            <source>&amp;Edit</source>
            <translation>&amp;Bearbeiten</translation>
        </message>
        <message>
            <source>&amp;Listen</source>
            <translation>&amp;Zuhören</translation>
        </message>
        <message>
            <source>&amp;View</source>
            <translation>&amp;Ansicht</translation>
        </message>
        <message>
            <source>&amp;Colours</source>
            <translation>&amp;Farben</translation>
        </message>
        <message>
            <source>&amp;Help</source>
            <translation>&amp;Hilfe</translation>
        </message>
    </context>
    <context>
        <name>MessageDelegate</name>
        <message>
            <source>Cut off</source>
            <translation>Abgebrochen</translation>
        </message>
        <message>
            <source>Ended at the longest answer allowed</source>
            <translation>Endete bei der längsten erlaubten Antwort</translation>
        </message>
        <message>
            <source>Ended because the context is full</source>
            <translation>Endete, weil der Kontext voll ist</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modell</translation>
        </message>
        <message>
            <source>Reading the question…</source>
            <translation>Liest die Frage…</translation>
        </message>
        <message>
            <source>Stopped</source>
            <translation>Angehalten</translation>
        </message>
        <message>
            <source>You</source>
            <translation>Sie</translation>
        </message>
        <message>
            <source>its pictures and sound are not kept</source>
            <translation>Bilder und Ton dazu sind nicht aufbewahrt</translation>
        </message>
        <message>
            <source>{seconds} s of sound</source>
            <translation>{seconds} s Ton</translation>
        </message>
        <message>
            <source>its pictures and sound are kept</source>
            <translation>Bilder und Ton dazu werden behalten</translation>
        </message>
    </context>
    <context>
        <name>MessageLayouts</name>
        <message>
            <source>The model no longer sees what is above</source>
            <translation>Das Modell sieht nicht mehr, was darüber steht</translation>
        </message>
        <message>
            <source>… show all {count} letters</source>
            <translation>… alle {count} Buchstaben zeigen</translation>
        </message>
    </context>
    <context>
        <name>MessageList</name>
        <message>
            <source>Jump to latest</source>
            <translation>Zum Neuesten springen</translation>
        </message>
    </context>
    <context>
        <name>MessageModel</name>
        <message>
            <source>(version {number} of {count})</source>
            <translation>(Fassung {number} von {count})</translation>
        </message>
        <message numerus="yes">
            <source>(with %Ln pictures)</source>
            <translation>
                <numerusform>(mit %Ln Bild)</numerusform>
                <numerusform>(mit %Ln Bildern)</numerusform>
            </translation>
        </message>
        <message>
            <source>Answer: {text}</source>
            <translation>Antwort: {text}</translation>
        </message>
        <message>
            <source>You: {text}</source>
            <translation>Sie: {text}</translation>
        </message>
    </context>
    <context>
        <name>MicrophonePicker</name>
        <message>
            <source>Microphone</source>
            <translation>Mikrofon</translation>
        </message>
        <message>
            <source>System's choice ({name})</source>
            <translation>Wahl des Systems ({name})</translation>
        </message>
        <message>
            <source>System's choice</source>
            <translation>Wahl des Systems</translation>
        </message>
        <message>
            <source>System's choice (no microphone found)</source>
            <translation>Wahl des Systems (kein Mikrofon gefunden)</translation>
        </message>
        <message>
            <source>{name} (what the computer plays)</source>
            <translation>{name} (was der Rechner abspielt)</translation>
        </message>
        <message>
            <source>{name} (heard now)</source>
            <translation>{name} (wird gerade gehört)</translation>
        </message>
        <message>
            <source>{name} (not connected)</source>
            <translation>{name} (nicht angeschlossen)</translation>
        </message>
        <message>
            <source>What the computer plays ({name})</source>
            <translation>Was der Rechner abspielt ({name})</translation>
        </message>
    </context>
    <context>
        <name>ModelCard</name>
        <message>
            <source>in use</source>
            <translation>in Gebrauch</translation>
        </message>
        <message>
            <source>on this computer</source>
            <translation>auf diesem Rechner</translation>
        </message>
        <message>
            <source>Progress of {name}</source>
            <translation>Fortschritt von {name}</translation>
        </message>
        <message>
            <source>Continue</source>
            <translation>Fortsetzen</translation>
        </message>
        <message>
            <source>Download</source>
            <translation>Herunterladen</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Pause</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Cancel…</source>
            <translation>Abbrechen …</translation>
        </message>
        <message>
            <source>Delete…</source>
            <translation>Löschen …</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Öffnen</translation>
        </message>
        <message>
            <source>Its page and terms</source>
            <translation>Seite und Bedingungen</translation>
        </message>
        <message>
            <source>Make a token</source>
            <translation>Token anlegen</translation>
        </message>
        <message>
            <source>Go on</source>
            <translation>Weiter</translation>
        </message>
        <message>
            <source>Token: hf_…</source>
            <translation>Token: hf_…</translation>
        </message>
        <message>
            <source>Token</source>
            <translation>Token</translation>
        </message>
        <message>
            <source>{size} on the disk</source>
            <translation>{size} auf der Platte</translation>
        </message>
        <message>
            <source>{memory} of memory to read and write ({published} with weights as published), {senses} more to hear and see</source>
            <translation>{memory} Arbeitsspeicher zum Lesen und Schreiben ({published} mit Gewichten wie veröffentlicht), {senses} mehr zum Hören und Sehen</translation>
        </message>
        <message>
            <source>; </source>
            <translation>; </translation>
        </message>
        <message>
            <source>The disk has only {free} free.</source>
            <translation>Auf der Platte sind nur {free} frei.</translation>
        </message>
        <message>
            <source>This computer has {memory} of memory: it would be very slow.</source>
            <translation>Dieser Rechner hat {memory} Arbeitsspeicher: Es wäre sehr langsam.</translation>
        </message>
        <message>
            <source>{here} of {total}</source>
            <translation>{here} von {total}</translation>
        </message>
        <message>
            <source>Asking {host}…</source>
            <translation>{host} wird gefragt …</translation>
        </message>
        <message>
            <source>Checking what has arrived before…</source>
            <translation>Was schon angekommen ist, wird geprüft …</translation>
        </message>
        <message>
            <source>{rate} a second</source>
            <translation>{rate} je Sekunde</translation>
        </message>
        <message>
            <source>{why} It goes on by itself in {seconds} s.</source>
            <translation>{why} Es geht in {seconds} s von selbst weiter.</translation>
        </message>
        <message>
            <source>Stopping…</source>
            <translation>Wird angehalten …</translation>
        </message>
        <message>
            <source>Deleting…</source>
            <translation>Wird gelöscht …</translation>
        </message>
        <message>
            <source>Paused: {so_far} are here.</source>
            <translation>Angehalten: {so_far} sind hier.</translation>
        </message>
        <message>
            <source>{here} of a removed model are left.</source>
            <translation>{here} eines gelöschten Modells sind noch da.</translation>
        </message>
        <message>
            <source>There is no connection, or it broke off.</source>
            <translation>Es gibt keine Verbindung, oder sie brach ab.</translation>
        </message>
        <message>
            <source>Nothing arrives any more.</source>
            <translation>Es kommt nichts mehr an.</translation>
        </message>
        <message>
            <source>The server asks for patience.</source>
            <translation>Der Server bittet um Geduld.</translation>
        </message>
        <message>
            <source>The server has a fault.</source>
            <translation>Der Server hat eine Störung.</translation>
        </message>
        <message>
            <source>The proxy of this computer’s settings does not let it through.</source>
            <translation>Der Proxy aus den Einstellungen dieses Rechners lässt es nicht durch.</translation>
        </message>
        <message>
            <source>{host} does not accept this token. Make a new one (kind: read) and paste it here.</source>
            <translation>{host} nimmt dieses Token nicht an. Legen Sie ein neues an (Art: read) und fügen Sie es hier ein.</translation>
        </message>
        <message>
            <source>{host} gives this model only to people who accepted its terms and say who they are. Open its page, log in and accept the terms; then make a token (kind: read) and paste it here. It is kept in the system’s keyring and sent to {host} alone.</source>
            <translation>{host} gibt dieses Modell nur an Personen, die seine Bedingungen angenommen haben und sagen, wer sie sind. Öffnen Sie seine Seite, melden Sie sich an und nehmen Sie die Bedingungen an; legen Sie dann ein Token an (Art: read) und fügen Sie es hier ein. Es wird im Schlüsselbund des Systems aufbewahrt und allein an {host} gesendet.</translation>
        </message>
        <message>
            <source>The terms of this model must be accepted first: open its page, log in, accept them, then continue. A fine-grained token must also allow reading public gated repositories.</source>
            <translation>Zuerst müssen die Bedingungen dieses Modells angenommen werden: Öffnen Sie seine Seite, melden Sie sich an, nehmen Sie sie an und setzen Sie dann fort. Ein fein abgestuftes Token muss außerdem das Lesen öffentlicher beschränkter Repositorys erlauben.</translation>
        </message>
        <message>
            <source>{host} cannot be reached or does not do its part. Check the connection, then continue; what has arrived is kept.</source>
            <translation>{host} ist nicht erreichbar oder tut nicht, was er soll. Prüfen Sie die Verbindung und setzen Sie dann fort; was angekommen ist, bleibt.</translation>
        </message>
        <message>
            <source>The disk is full or cannot be written. Make room or choose another folder, then continue; what has arrived is kept.</source>
            <translation>Die Platte ist voll oder kann nicht beschrieben werden. Schaffen Sie Platz oder wählen Sie einen anderen Ordner und setzen Sie dann fort; was angekommen ist, bleibt.</translation>
        </message>
        <message>
            <source>What {host} sends is not what it announced. Try another network or server, then continue.</source>
            <translation>Was {host} sendet, ist nicht, was angekündigt war. Versuchen Sie ein anderes Netz oder einen anderen Server und setzen Sie dann fort.</translation>
        </message>
        <message>
            <source>This is not a model that Nestling can use.</source>
            <translation>Das ist kein Modell, das Nestling verwenden kann.</translation>
        </message>
        <message>
            <source>That did not work.</source>
            <translation>Das hat nicht geklappt.</translation>
        </message>
        <message>
            <source>{memory} of memory to read and write, {senses} more to hear and see</source>
            <translation>{memory} Arbeitsspeicher zum Lesen und Schreiben, {senses} mehr zum Hören und Sehen</translation>
        </message>
    </context>
    <context>
        <name>ModelKeeper</name>
        <message>
            <source>Try again</source>
            <translation>Noch einmal versuchen</translation>
        </message>
        <message>
            <source>The name of this model’s folder is no text that can be kept: rename it, or open it again after the next start.</source>
            <translation>Der Name des Ordners dieses Modells ist kein Text, der sich merken lässt: benennen Sie ihn um, oder öffnen Sie ihn nach dem nächsten Start noch einmal.</translation>
        </message>
        <message>
            <source>{name} was not made to transcribe speech; open another model to listen.</source>
            <translation>{name} wurde nicht zum Mitschreiben von Sprache gemacht; öffnen Sie zum Zuhören ein anderes Modell.</translation>
        </message>
    </context>
    <context>
        <name>ModelsDialog</name>
        <message>
            <source>Models</source>
            <translation>Modelle</translation>
        </message>
        <message>
            <source>Models do all their work on this computer. Nothing is downloaded before you press a button here; a download goes on when this page is closed, and after an interruption it continues where it was.</source>
            <translation>Modelle tun all ihre Arbeit auf diesem Rechner. Nichts wird heruntergeladen, bevor Sie hier einen Knopf drücken; ein Download läuft weiter, wenn diese Seite geschlossen wird, und wird nach einer Unterbrechung dort fortgesetzt, wo er war.</translation>
        </message>
        <message>
            <source>A model that is on this computer already, downloaded or copied by yourself, or the small one that comes with Nestling:</source>
            <translation>Ein Modell, das schon auf diesem Rechner ist, von Ihnen selbst heruntergeladen oder kopiert, oder das kleine, das mit Nestling kommt:</translation>
        </message>
        <message>
            <source>Open a model folder…</source>
            <translation>Modellordner öffnen …</translation>
        </message>
        <message>
            <source>Use the demonstration model</source>
            <translation>Vorführmodell verwenden</translation>
        </message>
        <message>
            <source>Another one: owner/name</source>
            <translation>Ein anderes: Besitzer/Name</translation>
        </message>
        <message>
            <source>Another repository of Gemma 3n weights</source>
            <translation>Ein anderes Repository mit Gewichten von Gemma 3n</translation>
        </message>
        <message>
            <source>Download</source>
            <translation>Herunterladen</translation>
        </message>
        <message>
            <source>Download this repository</source>
            <translation>Dieses Repository herunterladen</translation>
        </message>
        <message>
            <source>Kept in</source>
            <translation>Aufbewahrt in</translation>
        </message>
        <message>
            <source>Change…</source>
            <translation>Ändern …</translation>
        </message>
        <message>
            <source>Change the folder of models</source>
            <translation>Den Ordner der Modelle ändern</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>Server</translation>
        </message>
        <message>
            <source>Server of models, or a mirror</source>
            <translation>Server der Modelle oder ein Spiegel</translation>
        </message>
        <message>
            <source>Forget the token</source>
            <translation>Token vergessen</translation>
        </message>
        <message>
            <source>All connections…</source>
            <translation>Alle Verbindungen …</translation>
        </message>
        <message>
            <source>{free} free</source>
            <translation>{free} frei</translation>
        </message>
        <message>
            <source>{name} will be deleted from this computer.</source>
            <translation>{name} wird von diesem Rechner gelöscht.</translation>
        </message>
        <message>
            <source>The download of {name} ends, and what has arrived is deleted.</source>
            <translation>Das Herunterladen von {name} endet, und was angekommen ist, wird gelöscht.</translation>
        </message>
        <message>
            <source>That frees {size}.</source>
            <translation>Das macht {size} frei.</translation>
        </message>
        <message>
            <source>Delete the model?</source>
            <translation>Modell löschen?</translation>
        </message>
        <message>
            <source>Keep models in</source>
            <translation>Modelle aufbewahren in</translation>
        </message>
    </context>
    <context>
        <name>Pages</name>
        <message>
            <source>Pages</source>
            <translation>Seiten</translation>
        </message>
    </context>
    <context>
        <name>PictureIntake</name>
        <message>
            <source>Choose pictures</source>
            <translation>Bilder wählen</translation>
        </message>
        <message>
            <source>Pictures ({patterns})</source>
            <translation>Bilder ({patterns})</translation>
        </message>
        <message>
            <source>All files (*)</source>
            <translation>Alle Dateien (*)</translation>
        </message>
        <message>
            <source>The picture is too large for the memory. Make it smaller first.</source>
            <translation>Das Bild ist zu groß für den Speicher. Verkleinern Sie es zuerst.</translation>
        </message>
        <message>
            <source>These files cannot be read as pictures: {names}.</source>
            <translation>Diese Dateien können nicht als Bilder gelesen werden: {names}.</translation>
        </message>
    </context>
    <context>
        <name>PictureKeeping</name>
        <message>
            <source>Keep the picture</source>
            <translation>Bild behalten</translation>
        </message>
        <message>
            <source>PNG picture (*.png)</source>
            <translation>PNG-Bild (*.png)</translation>
        </message>
        <message>
            <source>JPEG picture (*.jpg)</source>
            <translation>JPEG-Bild (*.jpg)</translation>
        </message>
        <message>
            <source>The picture cannot be saved as {file} ({reason}). Choose another folder or make room.</source>
            <translation>Das Bild lässt sich nicht als {file} speichern ({reason}). Wählen Sie einen anderen Ordner oder schaffen Sie Platz.</translation>
        </message>
        <message>
            <source>Saved as {file}.</source>
            <translation>Gespeichert als {file}.</translation>
        </message>
    </context>
    <context>
        <name>PictureStrip</name>
        <message>
            <source>Picture; press to take it away</source>
            <translation>Bild; drücken, um es wegzunehmen</translation>
        </message>
        <message>
            <source>Take this picture away</source>
            <translation>Dieses Bild wegnehmen</translation>
        </message>
    </context>
    <context>
        <name>PrivacyPage</name>
        <message>
            <source>What lies on this computer</source>
            <translation>Was auf diesem Rechner liegt</translation>
        </message>
        <message>
            <source>Settings: {file}</source>
            <translation>Einstellungen: {file}</translation>
        </message>
        <message>
            <source>Errors of the program, without your words: {file}</source>
            <translation>Fehler des Programms, ohne Ihre Wörter: {file}</translation>
        </message>
        <message>
            <source>Other sound and other pictures are never written to disk.</source>
            <translation>Anderer Ton und andere Bilder werden nie auf die Platte geschrieben.</translation>
        </message>
        <message>
            <source>How fast the sizes of models are here: {file}</source>
            <translation>Wie schnell die Größen der Modelle hier sind: {file}</translation>
        </message>
        <message>
            <source>Downloaded models, which stay: {folder}</source>
            <translation>Geladene Modelle, die bleiben: {folder}</translation>
        </message>
        <message>
            <source>Network connections</source>
            <translation>Netzverbindungen</translation>
        </message>
        <message>
            <source>Show the folder</source>
            <translation>Ordner zeigen</translation>
        </message>
        <message>
            <source>Delete everything…</source>
            <translation>Alles löschen …</translation>
        </message>
        <message>
            <source>Transcripts: {count} in {folder}</source>
            <translation>Mitschriften: {count} in {folder}</translation>
        </message>
        <message>
            <source>Delete everything?</source>
            <translation>Alles löschen?</translation>
        </message>
        <message>
            <source>Conversations, their text, and the pictures and sound that you asked to keep: {file}</source>
            <translation>Unterhaltungen: ihr Text, dazu Bilder und Ton, die Sie behalten wollten: {file}</translation>
        </message>
        <message>
            <source>All transcripts, all conversations, all settings and the error log of Nestling will be deleted, also what is in the window now. This cannot be undone.</source>
            <translation>Alle Mitschriften, alle Unterhaltungen, alle Einstellungen und das Fehlerprotokoll von Nestling werden gelöscht, auch was jetzt im Fenster steht. Das lässt sich nicht rückgängig machen.</translation>
        </message>
        <message>
            <source>None by itself, neither for speech nor for updates: only to download a model when you ask for it, and to a network camera, if you give the address of one. The page “Connections” lists all of them.</source>
            <translation>Von selbst keine, weder für Sprache noch für Aktualisierungen: nur, um ein Modell herunterzuladen, wenn Sie es verlangen, und zu einer Netzwerkkamera, wenn Sie die Adresse einer solchen angeben. Die Seite „Verbindungen“ führt alle auf.</translation>
        </message>
    </context>
    <context>
        <name>RegionPicker</name>
        <message>
            <source>Choose a part of the screen</source>
            <translation>Einen Teil des Bildschirms wählen</translation>
        </message>
        <message>
            <source>Draw a rectangle, or move it with the arrows. Enter takes it, Escape not.</source>
            <translation>Ziehen Sie ein Rechteck auf, oder verschieben Sie es mit den Pfeiltasten. Eingabe nimmt es, Escape nicht.</translation>
        </message>
    </context>
    <context>
        <name>Sentences</name>
        <message>
            <source>This answer fills the context by itself; ask for a shorter one, or begin a new conversation.</source>
            <translation>Diese Antwort füllt den Kontext allein; bitten Sie um eine kürzere, oder beginnen Sie eine neue Unterhaltung.</translation>
        </message>
        <message>
            <source>Go on</source>
            <translation>Weiter</translation>
        </message>
        <message>
            <source>Open model folder…</source>
            <translation>Modellordner öffnen…</translation>
        </message>
        <message>
            <source>The answer ended at the longest length allowed.</source>
            <translation>Die Antwort endete bei der längsten erlaubten Länge.</translation>
        </message>
        <message>
            <source>The answer was cut off; what was written is kept.</source>
            <translation>Die Antwort wurde abgebrochen; was geschrieben war, ist erhalten.</translation>
        </message>
        <message numerus="yes">
            <source>The context is full: the model does not see the %Ln oldest messages any more.</source>
            <translation>
                <numerusform>Der Kontext ist voll: Das Modell sieht die %Ln älteste Nachricht nicht mehr.</numerusform>
                <numerusform>Der Kontext ist voll: Das Modell sieht die %Ln ältesten Nachrichten nicht mehr.</numerusform>
            </translation>
        </message>
        <message>
            <source>The context is full; to go on, the oldest messages fall out of the model's sight.</source>
            <translation>Der Kontext ist voll; wenn es weitergeht, sieht das Modell die ältesten Nachrichten nicht mehr.</translation>
        </message>
        <message>
            <source>There is no model to ask: open the folder of a Gemma 3n model.</source>
            <translation>Es gibt kein Modell zum Fragen: Öffnen Sie den Ordner eines Gemma-3n-Modells.</translation>
        </message>
        <message>
            <source>You stopped this answer.</source>
            <translation>Sie haben diese Antwort angehalten.</translation>
        </message>
        <message>
            <source>This question is longer than the model holds: shorten it.</source>
            <translation>Diese Frage ist länger, als das Modell fasst: kürzen Sie sie.</translation>
        </message>
        <message>
            <source>The answer was cut off before its first word.</source>
            <translation>Die Antwort brach vor ihrem ersten Wort ab.</translation>
        </message>
    </context>
    <context>
        <name>Settings</name>
        <message>
            <source>Show words before they are confirmed</source>
            <translation>Wörter zeigen, bevor sie feststehen</translation>
        </message>
        <message>
            <source>The newest words may still change; they stand in italics with dots below. Off: only words that stay are shown, about a second later.</source>
            <translation>Die neuesten Wörter können sich noch ändern; sie stehen kursiv und gepunktet unterstrichen. Aus: Nur was bleibt, wird gezeigt, etwa eine Sekunde später.</translation>
        </message>
        <message>
            <source>Colours</source>
            <translation>Farben</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>Wie das System</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>Hell</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>Dunkel</translation>
        </message>
        <message>
            <source>Language of the window</source>
            <translation>Sprache des Fensters</translation>
        </message>
        <message>
            <source>Text size of the transcript</source>
            <translation>Schriftgröße der Mitschrift</translation>
        </message>
        <message>
            <source> pt</source>
            <translation> pt</translation>
        </message>
        <message>
            <source>Size of everything else</source>
            <translation>Größe von allem anderen</translation>
        </message>
        <message>
            <source> %</source>
            <translation> %</translation>
        </message>
        <message>
            <source>Show times beside the transcript</source>
            <translation>Zeiten neben der Mitschrift zeigen</translation>
        </message>
        <message>
            <source>Keep transcripts on this computer</source>
            <translation>Mitschriften auf diesem Rechner aufbewahren</translation>
        </message>
        <message>
            <source>Each confirmed word is written down at once, so that a crash loses nothing. Off: the words are gone when the window closes.</source>
            <translation>Jedes feststehende Wort wird sofort aufgeschrieben, damit ein Absturz nichts kostet. Aus: Die Wörter sind weg, wenn das Fenster schließt.</translation>
        </message>
        <message>
            <source>Delete transcripts after</source>
            <translation>Mitschriften löschen nach</translation>
        </message>
        <message>
            <source>0 days: they are kept until you delete them.</source>
            <translation>0 Tage: Sie bleiben, bis Sie sie löschen.</translation>
        </message>
        <message>
            <source> days</source>
            <translation> Tagen</translation>
        </message>
        <message>
            <source>Free the memory of hearing and seeing after</source>
            <translation>Speicher von Hören und Sehen freigeben nach</translation>
        </message>
        <message>
            <source>So long after they were last used; they come back by themselves when they are needed. 0 seconds: they stay until you free them.</source>
            <translation>So lange nach dem letzten Gebrauch; sie kommen von selbst wieder, wenn sie gebraucht werden. 0 Sekunden: Sie bleiben, bis Sie sie freigeben.</translation>
        </message>
        <message>
            <source> s</source>
            <translation> s</translation>
        </message>
        <message>
            <source>Enter asks the question</source>
            <translation>Eingabetaste stellt die Frage</translation>
        </message>
        <message>
            <source>Shift+Enter begins a new line. Off: Enter begins a new line, and Ctrl+Enter asks.</source>
            <translation>Umschalt+Eingabe beginnt eine neue Zeile. Aus: Eingabe beginnt eine neue Zeile, und Strg+Eingabe fragt.</translation>
        </message>
        <message>
            <source>Keep conversations on this computer</source>
            <translation>Unterhaltungen auf diesem Rechner aufbewahren</translation>
        </message>
        <message>
            <source>How closely pictures are looked at</source>
            <translation>Wie genau Bilder betrachtet werden</translation>
        </message>
        <message>
            <source>As closely as two seconds allow, or always quickly (256 points a side) or finely (768). Small writing needs the fine way.</source>
            <translation>So genau, wie zwei Sekunden es erlauben, oder immer schnell (256 Punkte je Seite) oder fein (768). Kleine Schrift braucht die feine Art.</translation>
        </message>
        <message>
            <source>Quickly</source>
            <translation>Schnell</translation>
        </message>
        <message>
            <source>As time allows</source>
            <translation>Wie es die Zeit erlaubt</translation>
        </message>
        <message>
            <source>Finely</source>
            <translation>Fein</translation>
        </message>
        <message>
            <source>Look at wide pictures in parts, too</source>
            <translation>Breite Bilder auch in Teilen betrachten</translation>
        </message>
        <message>
            <source>For fine print on wide or upright pictures; each part takes as long as a picture.</source>
            <translation>Für Kleingedrucktes auf breiten oder hohen Bildern; jeder Teil dauert so lange wie ein Bild.</translation>
        </message>
        <message>
            <source>“Tell me when” asks again when</source>
            <translation>„Sag mir, wenn“ fragt neu, wenn</translation>
        </message>
        <message>
            <source>much has changed</source>
            <translation>sich viel geändert hat</translation>
        </message>
        <message>
            <source>something has changed</source>
            <translation>sich etwas geändert hat</translation>
        </message>
        <message>
            <source>very little has changed</source>
            <translation>sich sehr wenig geändert hat</translation>
        </message>
        <message>
            <source>0 %: letters with an outline, and nothing behind.</source>
            <translation>0 %: Buchstaben mit Umriss und nichts dahinter.</translation>
        </message>
        <message>
            <source>Background of the captions</source>
            <translation>Hintergrund der Untertitel</translation>
        </message>
        <message>
            <source>Clicks go through the captions</source>
            <translation>Klicks gehen durch die Untertitel hindurch</translation>
        </message>
        <message>
            <source>How much the background covers</source>
            <translation>Wie stark der Hintergrund deckt</translation>
        </message>
        <message>
            <source>Languages in the captions</source>
            <translation>Sprachen in den Untertiteln</translation>
        </message>
        <message>
            <source>Lines of each language</source>
            <translation>Zeilen je Sprache</translation>
        </message>
        <message>
            <source>Text size of the captions</source>
            <translation>Schriftgröße der Untertitel</translation>
        </message>
        <message>
            <source>The model hears each sentence again while it translates it, which is slower. Off: it translates the words that it has written.</source>
            <translation>Das Modell hört jeden Satz beim Übersetzen noch einmal, was langsamer ist. Aus: Es übersetzt die Wörter, die es mitgeschrieben hat.</translation>
        </message>
        <message>
            <source>The translation</source>
            <translation>Die Übersetzung</translation>
        </message>
        <message>
            <source>Translate from the sound</source>
            <translation>Aus dem Klang übersetzen</translation>
        </message>
        <message>
            <source>What is said</source>
            <translation>Das Gesagte</translation>
        </message>
        <message>
            <source>What is said, and the translation</source>
            <translation>Das Gesagte und die Übersetzung</translation>
        </message>
        <message>
            <source>What lies behind them can be used as if they were not there; to move them, switch this off.</source>
            <translation>Was dahinter liegt, lässt sich bedienen, als wären sie nicht da; zum Verschieben schalten Sie dies aus.</translation>
        </message>
        <message>
            <source>Width, of the screen</source>
            <translation>Breite, vom Bildschirm</translation>
        </message>
        <message>
            <source>Starter ears for English</source>
            <translation>Starter-Ohren für Englisch</translation>
        </message>
        <message>
            <source>While the demonstration model is open, a small recogniser of people’s English (Moonshine tiny) writes down what is said. Off: the demonstration model hears for itself. From the next start of listening or question on.</source>
            <translation>Solange das Vorführmodell geöffnet ist, schreibt ein kleiner Erkenner für gesprochenes Englisch (Moonshine tiny) mit. Aus: Das Vorführmodell hört selbst. Gilt ab dem nächsten Zuhören oder der nächsten Frage.</translation>
        </message>
        <message>
            <source>Automatic size: tokens a second</source>
            <translation>Automatische Größe: Token je Sekunde</translation>
        </message>
        <message>
            <source>How fast answers shall be at least; a word is a token or two.</source>
            <translation>Wie schnell Antworten mindestens sein sollen; ein Wort sind ein bis zwei Token.</translation>
        </message>
        <message>
            <source>Their text, and pictures and sounds that you keep; others are forgotten when the window closes. Off: all of it is. Takes effect when Nestling is started again.</source>
            <translation>Ihren Text und Bilder und Töne, die Sie behalten; andere werden vergessen, wenn das Fenster schließt. Aus: alles wird vergessen. Gilt ab dem nächsten Start von Nestling.</translation>
        </message>
        <message>
            <source>How the model’s weights are kept in memory</source>
            <translation>Wie die Gewichte des Modells im Speicher liegen</translation>
        </message>
        <message>
            <source>In 4 bits they take least and answer fastest, and the model loses a little; in 8 bits it loses next to nothing. By itself: as published where the memory is there, else in 4 bits. Small weights are made once, beside the model.</source>
            <translation>In 4 Bit brauchen sie am wenigsten und antworten am schnellsten, und das Modell verliert ein wenig; in 8 Bit verliert es so gut wie nichts. Von selbst: wie veröffentlicht, wo der Speicher reicht, sonst in 4 Bit. Kleine Gewichte werden einmal gemacht, neben dem Modell.</translation>
        </message>
        <message>
            <source>By itself</source>
            <translation>Von selbst</translation>
        </message>
        <message>
            <source>As published</source>
            <translation>Wie veröffentlicht</translation>
        </message>
        <message>
            <source>In 8 bits</source>
            <translation>In 8 Bit</translation>
        </message>
        <message>
            <source>In 4 bits</source>
            <translation>In 4 Bit</translation>
        </message>
        <message>
            <source>Hear with weights in 8 bits</source>
            <translation>Mit Gewichten in 8 Bit hören</translation>
        </message>
        <message>
            <source>Hearing then takes about half of its memory, 0.8 GB instead of 1.4 GB with Gemma 3n, and is loaded some seconds later.</source>
            <translation>Das Hören braucht dann etwa die Hälfte seines Speichers, 0,8 GB statt 1,4 GB mit Gemma 3n, und ist einige Sekunden später geladen.</translation>
        </message>
    </context>
    <context>
        <name>SettingsDialog</name>
        <message>
            <source>Settings</source>
            <translation>Einstellungen</translation>
        </message>
        <message>
            <source>Pages of the settings</source>
            <translation>Seiten der Einstellungen</translation>
        </message>
        <message>
            <source>Listening</source>
            <translation>Zuhören</translation>
        </message>
        <message>
            <source>Appearance</source>
            <translation>Aussehen</translation>
        </message>
        <message>
            <source>Privacy</source>
            <translation>Privates</translation>
        </message>
        <message>
            <source>Looking</source>
            <translation>Sehen</translation>
        </message>
        <message>
            <source>Captions</source>
            <translation>Untertitel</translation>
        </message>
        <message>
            <source>Connections</source>
            <translation>Verbindungen</translation>
        </message>
    </context>
    <context>
        <name>SingleInstance</name>
        <message>
            <source>Nestling is open already, but its window does not answer. End that program, then start it again.</source>
            <translation>Nestling ist schon offen, aber sein Fenster antwortet nicht. Beenden Sie jenes Programm, und starten Sie es dann neu.</translation>
        </message>
    </context>
    <context>
        <name>SaveDialog</name>
        <message>
            <source>Replace the file?</source>
            <translation>Datei ersetzen?</translation>
        </message>
        <message>
            <source>{file} is there already. What is in it will be lost.</source>
            <translation>{file} gibt es schon. Was darin steht, geht verloren.</translation>
        </message>
    </context>
    <context>
        <name>SizePicker</name>
        <message>
            <source>Model &amp;size</source>
            <translation>Modell&amp;größe</translation>
        </message>
        <message>
            <source>Model size</source>
            <translation>Modellgröße</translation>
        </message>
        <message>
            <source>The model is being loaded.</source>
            <translation>Das Modell wird geladen.</translation>
        </message>
        <message>
            <source>No model.</source>
            <translation>Kein Modell.</translation>
        </message>
        <message>
            <source>{layers} layers, {params} parameters at work.</source>
            <translation>{layers} Schichten, {params} Parameter an der Arbeit.</translation>
        </message>
        <message>
            <source>This model comes in one size, so there is nothing to choose.</source>
            <translation>Dieses Modell gibt es nur in einer Größe, es ist also nichts zu wählen.</translation>
        </message>
        <message>
            <source>The largest size: the best words, the most work.</source>
            <translation>Die größte Größe: die besten Wörter, die meiste Arbeit.</translation>
        </message>
        <message>
            <source>About {percent} % of the largest size's work.</source>
            <translation>Etwa {percent} % der Arbeit der größten.</translation>
        </message>
        <message>
            <source>Score {score}.</source>
            <translation>Güte {score}.</translation>
        </message>
        <message>
            <source>Takes effect with the next utterance.</source>
            <translation>Gilt ab der nächsten Äußerung.</translation>
        </message>
        <message>
            <source>&amp;Automatic</source>
            <translation>Auto&amp;matisch</translation>
        </message>
        <message>
            <source>The largest size that keeps up with speech and answers fast enough here</source>
            <translation>Die größte Größe, die hier mit der Sprache Schritt hält und schnell genug antwortet</translation>
        </message>
        <message>
            <source>All si&amp;zes…</source>
            <translation>Alle G&amp;rößen …</translation>
        </message>
        <message>
            <source>MMLU {score}.</source>
            <translation>MMLU {score}.</translation>
        </message>
        <message>
            <source>About {memory} of memory, {speed} tokens a second.</source>
            <translation>Etwa {memory} Speicher, {speed} Token je Sekunde.</translation>
        </message>
    </context>
    <context>
        <name>SourceChooser</name>
        <message>
            <source>Screen or window (the desktop asks which)</source>
            <translation>Bildschirm oder Fenster (die Arbeitsumgebung fragt, welches)</translation>
        </message>
        <message>
            <source>Network camera</source>
            <translation>Netzwerkkamera</translation>
        </message>
        <message>
            <source>The address of its video, as in its manual: http://… or rtsp://…
Nestling connects to it, and to nothing else, while it is looked at.</source>
            <translation>Die Adresse ihres Videos, wie in ihrer Anleitung: http://… oder rtsp://…
Nestling verbindet sich mit ihr, und mit nichts anderem, solange sie betrachtet wird.</translation>
        </message>
        <message>
            <source>Choose a video</source>
            <translation>Ein Video wählen</translation>
        </message>
        <message>
            <source>Videos (*.mp4 *.mkv *.webm *.mov *.avi *.m4v *.mpg *.ogv)</source>
            <translation>Videos (*.mp4 *.mkv *.webm *.mov *.avi *.m4v *.mpg *.ogv)</translation>
        </message>
        <message>
            <source>All files (*)</source>
            <translation>Alle Dateien (*)</translation>
        </message>
    </context>
    <context>
        <name>SourcePicker</name>
        <message>
            <source>What to look at</source>
            <translation>Was betrachtet werden soll</translation>
        </message>
        <message>
            <source>No camera is connected</source>
            <translation>Keine Kamera angeschlossen</translation>
        </message>
        <message>
            <source>Network camera…</source>
            <translation>Netzwerkkamera…</translation>
        </message>
        <message>
            <source>Video file…</source>
            <translation>Videodatei…</translation>
        </message>
        <message>
            <source>Part of the screen…</source>
            <translation>Teil des Bildschirms…</translation>
        </message>
        <message>
            <source>{name} (closed)</source>
            <translation>{name} (geschlossen)</translation>
        </message>
        <message>
            <source>{name} (not connected)</source>
            <translation>{name} (nicht angeschlossen)</translation>
        </message>
    </context>
    <context>
        <name>StatusStrip</name>
        <message>
            <source>Status</source>
            <translation>Zustand</translation>
        </message>
        <message>
            <source>The model in use</source>
            <translation>Das Modell, das verwendet wird</translation>
        </message>
        <message>
            <source>The model size in force</source>
            <translation>Die Modellgröße, die gilt</translation>
        </message>
        <message>
            <source>How far the shown words are behind the sound</source>
            <translation>Wie weit die gezeigten Wörter hinter dem Ton sind</translation>
        </message>
        <message>
            <source>Computing time for each second of sound; above 1 the computer is too slow</source>
            <translation>Rechenzeit für jede Sekunde Ton; über 1 ist der Rechner zu langsam</translation>
        </message>
        <message>
            <source>Sound that was lost before it could be heard</source>
            <translation>Ton, der verloren ging, bevor er gehört wurde</translation>
        </message>
        <message>
            <source>{name} (demonstration)</source>
            <translation>{name} (Vorführmodell)</translation>
        </message>
        <message>
            <source>Loading the model…</source>
            <translation>Modell wird geladen …</translation>
        </message>
        <message>
            <source>Loading the model… {percent}</source>
            <translation>Modell wird geladen … {percent}</translation>
        </message>
        <message>
            <source>No model</source>
            <translation>Kein Modell</translation>
        </message>
        <message>
            <source>Lag {seconds} s</source>
            <translation>Verzug {seconds} s</translation>
        </message>
        <message>
            <source>Words every {seconds} s</source>
            <translation>Wörter alle {seconds} s</translation>
        </message>
        <message>
            <source>Words at pauses</source>
            <translation>Wörter in Pausen</translation>
        </message>
        <message>
            <source>How often the words are renewed: as often as this computer can keep up</source>
            <translation>Wie oft die Wörter erneuert werden: so oft, wie dieser Rechner mitkommt</translation>
        </message>
        <message>
            <source>Load {factor}</source>
            <translation>Last {factor}</translation>
        </message>
        <message>
            <source>Lost {seconds} s</source>
            <translation>Verloren {seconds} s</translation>
        </message>
        <message>
            <source>Starter ears: {name}, English</source>
            <translation>Starter-Ohren: {name}, Englisch</translation>
        </message>
    </context>
    <context>
        <name>TranscriptModel</name>
        <message>
            <source>{said} (not yet certain: {tentative})</source>
            <translation>{said} (noch nicht sicher: {tentative})</translation>
        </message>
    </context>
    <context>
        <name>TranscriptView</name>
        <message>
            <source>A sound file or a video can be dropped here, too.</source>
            <translation>Auch eine Tondatei oder ein Video kann hier abgelegt werden.</translation>
        </message>
        <message>
            <source>The words of the file appear here.</source>
            <translation>Die Wörter der Datei erscheinen hier.</translation>
        </message>
        <message>
            <source>Transcript</source>
            <translation>Mitschrift</translation>
        </message>
        <message>
            <source>Jump to latest</source>
            <translation>Zu den neuesten</translation>
        </message>
        <message>
            <source>[{seconds} s of sound missing] </source>
            <translation>[{seconds} s Ton fehlen] </translation>
        </message>
        <message>
            <source>Nothing has been said yet</source>
            <translation>Noch ist nichts gesagt</translation>
        </message>
        <message>
            <source>No word was heard yet</source>
            <translation>Noch wurde kein Wort gehört</translation>
        </message>
        <message>
            <source>Press “Start listening” and speak. Your words appear here as you say them.</source>
            <translation>Drücken Sie „Zuhören“ und sprechen Sie. Ihre Wörter erscheinen hier, während Sie sprechen.</translation>
        </message>
        <message>
            <source>Speak: your words appear here as you say them.</source>
            <translation>Sprechen Sie: Ihre Wörter erscheinen hier, während Sie sprechen.</translation>
        </message>
        <message>
            <source>Press “Resume” and speak. Your words appear here as you say them.</source>
            <translation>Drücken Sie „Fortsetzen“ und sprechen Sie. Ihre Wörter erscheinen hier, während Sie sprechen.</translation>
        </message>
    </context>
    <context>
        <name>Translating</name>
        <message>
            <source>{name} does not translate into {chosen}, only into {languages}; nothing is translated until you choose one of these or open a general Gemma 3n model.</source>
            <translation>{name} übersetzt nicht in {chosen}, nur in {languages}; übersetzt wird erst, wenn Sie eine davon wählen oder ein allgemeines Gemma-3n-Modell öffnen.</translation>
        </message>
    </context>
    <context>
        <name>Welcome</name>
        <message>
            <source>Welcome</source>
            <translation>Willkommen</translation>
        </message>
        <message>
            <source>Welcome to Nestling</source>
            <translation>Willkommen bei Nestling</translation>
        </message>
        <message>
            <source>Nestling writes down what you say while you say it. Everything happens on this computer.</source>
            <translation>Nestling schreibt mit, was Sie sagen, während Sie es sagen. Alles geschieht auf diesem Rechner.</translation>
        </message>
        <message>
            <source>The model that comes with it is a demonstration: it understands simple English, spoken clearly, and explains this program.</source>
            <translation>Das mitgelieferte Modell ist eine Vorführung: Es versteht einfaches Englisch, deutlich gesprochen, und erklärt dieses Programm.</translation>
        </message>
        <message>
            <source>Begin</source>
            <translation>Los</translation>
        </message>
        <message>
            <source>For now it hears English alone, with a small recogniser (Moonshine tiny); the model that comes with it is a demonstration, which explains this program.</source>
            <translation>Vorerst hört es nur Englisch, mit einem kleinen Erkenner (Moonshine tiny); das mitgelieferte Modell ist eine Vorführung, die dieses Programm erklärt.</translation>
        </message>
        <message>
            <source>For real use, get Gemma 3n (E2B or E4B): the page “Models…” downloads it, or opens a folder that you have already.</source>
            <translation>Für den echten Gebrauch holen Sie Gemma 3n (E2B oder E4B): Die Seite „Modelle …“ lädt es herunter oder öffnet einen Ordner, den Sie schon haben.</translation>
        </message>
    </context>
    <context>
        <name>_BarDelegate</name>
        <message>
            <source>not loaded</source>
            <translation>nicht geladen</translation>
        </message>
        <message>
            <source>loading {percent}</source>
            <translation>{percent} geladen</translation>
        </message>
    </context>
    <context>
        <name>_FreeButton</name>
        <message>
            <source>Stop loading seeing</source>
            <translation>Laden des Sehens abbrechen</translation>
        </message>
        <message>
            <source>Stop loading hearing</source>
            <translation>Laden des Hörens abbrechen</translation>
        </message>
        <message>
            <source>Free the memory of seeing</source>
            <translation>Speicher des Sehens freigeben</translation>
        </message>
        <message>
            <source>Free the memory of hearing</source>
            <translation>Speicher des Hörens freigeben</translation>
        </message>
        <message>
            <source>It is freed as soon as it is not in use any more.</source>
            <translation>Er wird frei, sobald er nicht mehr gebraucht wird.</translation>
        </message>
        <message>
            <source>Free the memory of the starter ears</source>
            <translation>Den Speicher der Starter-Ohren freigeben</translation>
        </message>
    </context>
    <context>
        <name>SizesDialog</name>
        <message>
            <source>Sizes of the model</source>
            <translation>Größen des Modells</translation>
        </message>
        <message>
            <source>&amp;Use this size</source>
            <translation>Diese Größe &amp;verwenden</translation>
        </message>
        <message>
            <source>&amp;Measure again</source>
            <translation>Neu &amp;messen</translation>
        </message>
        <message>
            <source>Score</source>
            <translation>Punkte</translation>
        </message>
        <message>
            <source>MMLU</source>
            <translation>MMLU</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Memory</source>
            <translation>Speicher</translation>
        </message>
        <message>
            <source>Tokens a second</source>
            <translation>Token je Sekunde</translation>
        </message>
        <message>
            <source>To change to it</source>
            <translation>Für den Wechsel</translation>
        </message>
        <message>
            <source>Measured on this machine; between what was measured, worked out.</source>
            <translation>Auf diesem Rechner gemessen; was dazwischen liegt, ist berechnet.</translation>
        </message>
        <message>
            <source>Not measured yet. It takes about ten seconds, when nothing else is to be done.</source>
            <translation>Noch nicht gemessen. Es dauert etwa zehn Sekunden, sobald nichts anderes zu tun ist.</translation>
        </message>
    </context>
    <context>
        <name>Sizing</name>
        <message>
            <source>The largest size is fast enough here.</source>
            <translation>Die größte Größe ist hier schnell genug.</translation>
        </message>
        <message>
            <source>The next larger size answers with {speed} tokens a second, too slow.</source>
            <translation>Die nächstgrößere antwortet mit {speed} Token je Sekunde, zu langsam.</translation>
        </message>
        <message>
            <source>The next larger size takes {share} % of the time to hear.</source>
            <translation>Die nächstgrößere braucht {share} % der Zeit zum Hören.</translation>
        </message>
        <message>
            <source>The next larger size fell behind what is said.</source>
            <translation>Die nächstgrößere kam mit dem Gesagten nicht mit.</translation>
        </message>
        <message>
            <source>Even the smallest size is slower than wished.</source>
            <translation>Selbst die kleinste Größe ist langsamer als gewünscht.</translation>
        </message>
    </context>
    <context>
        <name>ConversationSaving</name>
        <message>
            <source>Markdown (*.md)</source>
            <translation>Markdown (*.md)</translation>
        </message>
        <message>
            <source>JSON (*.json)</source>
            <translation>JSON (*.json)</translation>
        </message>
        <message>
            <source>Save the conversation</source>
            <translation>Unterhaltung speichern</translation>
        </message>
        <message>
            <source>Saved as {file}.</source>
            <translation>Gespeichert als {file}.</translation>
        </message>
        <message>
            <source>The conversation cannot be saved as {file} ({reason}). Choose another folder or make room; it is still in the window.</source>
            <translation>Die Unterhaltung kann nicht als {file} gespeichert werden ({reason}). Wählen Sie einen anderen Ordner, oder schaffen Sie Platz; sie ist noch im Fenster.</translation>
        </message>
        <message>
            <source>You</source>
            <translation>Ich</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modell</translation>
        </message>
        <message numerus="yes">
            <source>%Ln pictures</source>
            <translation>
                <numerusform>%Ln Bild</numerusform>
                <numerusform>%Ln Bilder</numerusform>
            </translation>
        </message>
        <message>
            <source>{seconds} s of sound</source>
            <translation>{seconds} s Ton</translation>
        </message>
        <message>
            <source>stopped</source>
            <translation>angehalten</translation>
        </message>
        <message>
            <source>ended at the longest answer allowed</source>
            <translation>bei der größten erlaubten Länge beendet</translation>
        </message>
        <message>
            <source>ended because the context is full</source>
            <translation>beendet, weil der Kontext voll ist</translation>
        </message>
        <message>
            <source>cut off</source>
            <translation>abgebrochen</translation>
        </message>
    </context>
    <context>
        <name>ErrorWords</name>
        <message>
            <source>This model cannot be opened.</source>
            <translation>Dieses Modell lässt sich nicht öffnen.</translation>
        </message>
        <message>
            <source>This sound cannot be read.</source>
            <translation>Dieser Ton lässt sich nicht lesen.</translation>
        </message>
        <message>
            <source>This cannot be done as it was asked for.</source>
            <translation>Das geht so nicht, wie es verlangt wurde.</translation>
        </message>
        <message>
            <source>This model was not made for that.</source>
            <translation>Dieses Modell ist dafür nicht gemacht.</translation>
        </message>
        <message>
            <source>The model cannot hold so much: shorten it, or begin a new conversation.</source>
            <translation>So viel fasst das Modell nicht: Kürzen Sie es, oder beginnen Sie eine neue Unterhaltung.</translation>
        </message>
        <message>
            <source>So far back the model does not remember.</source>
            <translation>So weit zurück erinnert sich das Modell nicht.</translation>
        </message>
        <message>
            <source>There is no microphone that can be used.</source>
            <translation>Es gibt kein Mikrofon, das sich benutzen lässt.</translation>
        </message>
        <message>
            <source>The microphone is gone.</source>
            <translation>Das Mikrofon ist weg.</translation>
        </message>
        <message>
            <source>Another microphone is in use now.</source>
            <translation>Jetzt wird ein anderes Mikrofon benutzt.</translation>
        </message>
        <message>
            <source>The sound server does not answer.</source>
            <translation>Der Soundserver antwortet nicht.</translation>
        </message>
        <message>
            <source>This cannot be looked at.</source>
            <translation>Das lässt sich nicht ansehen.</translation>
        </message>
        <message>
            <source>No picture comes any more.</source>
            <translation>Es kommt kein Bild mehr.</translation>
        </message>
        <message>
            <source>This picture or video cannot be read.</source>
            <translation>Dieses Bild oder Video lässt sich nicht lesen.</translation>
        </message>
        <message>
            <source>This desktop does not show its screen to programs.</source>
            <translation>Dieser Desktop zeigt Programmen seinen Bildschirm nicht.</translation>
        </message>
        <message>
            <source>The model has stopped.</source>
            <translation>Das Modell ist stehen geblieben.</translation>
        </message>
        <message>
            <source>The memory is not enough: take a smaller size, or close other programs.</source>
            <translation>Der Speicher reicht nicht: Wählen Sie eine kleinere Größe, oder schließen Sie andere Programme.</translation>
        </message>
        <message>
            <source>A file cannot be read or written.</source>
            <translation>Eine Datei lässt sich nicht lesen oder schreiben.</translation>
        </message>
        <message>
            <source>The network does not do its part.</source>
            <translation>Das Netz tut nicht, was es soll.</translation>
        </message>
        <message>
            <source>The server does not accept who asks.</source>
            <translation>Der Server erkennt nicht an, wer fragt.</translation>
        </message>
        <message>
            <source>The token may still be in the system’s keyring: open the keyring, and try again.</source>
            <translation>Das Token ist vielleicht noch im Schlüsselbund des Systems: Öffnen Sie den Schlüsselbund und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>Terms have to be accepted first.</source>
            <translation>Erst müssen Bedingungen angenommen werden.</translation>
        </message>
        <message>
            <source>What was downloaded is not what was announced.</source>
            <translation>Was heruntergeladen wurde, ist nicht das Angekündigte.</translation>
        </message>
        <message>
            <source>A library of the system is missing.</source>
            <translation>Eine Bibliothek des Systems fehlt.</translation>
        </message>
        <message>
            <source>Two parts of different releases run together.</source>
            <translation>Zwei Teile verschiedener Versionen laufen zusammen.</translation>
        </message>
        <message>
            <source>Something unexpected went wrong; please report it.</source>
            <translation>Etwas Unerwartetes ging schief; bitte melden Sie es.</translation>
        </message>
    </context>
    <context>
        <name>SettingsStore</name>
        <message>
            <source>The settings cannot be saved in {folder} ({reason}). Make room or allow writing there; until then they hold for this session.</source>
            <translation>Die Einstellungen lassen sich nicht in {folder} speichern ({reason}). Schaffen Sie Platz, oder erlauben Sie dort das Schreiben; bis dahin gelten sie für diese Sitzung.</translation>
        </message>
    </context>
    <context>
        <name>DoctorDialog</name>
        <message>
            <source>Check of the model</source>
            <translation>Prüfung des Modells</translation>
        </message>
        <message>
            <source>What was found</source>
            <translation>Was gefunden wurde</translation>
        </message>
        <message>
            <source>Copy the table</source>
            <translation>Tabelle kopieren</translation>
        </message>
        <message>
            <source>The model is being checked beside your work; with a full model this takes some minutes. The table names nothing of yours and can be shown to anyone.</source>
            <translation>Das Modell wird neben Ihrer Arbeit geprüft; bei einem vollen Modell dauert das einige Minuten. Die Tabelle nennt nichts von Ihnen und kann jedem gezeigt werden.</translation>
        </message>
        <message>
            <source>Nothing is wrong with this model.</source>
            <translation>Mit diesem Modell ist alles in Ordnung.</translation>
        </message>
        <message>
            <source>Something is wrong: look at the rows that say FAIL.</source>
            <translation>Etwas stimmt nicht: Sehen Sie sich die Zeilen mit FAIL an.</translation>
        </message>
        <message>
            <source>Now: {check}.</source>
            <translation>Gerade: {check}.</translation>
        </message>
    </context>
    <context>
        <name>WeightsKeeper</name>
        <message>
            <source>Nestling was started with --weights {choice}: the setting holds from its next start without that.</source>
            <translation>Nestling wurde mit --weights {choice} gestartet: Die Einstellung gilt ab dem nächsten Start ohne das.</translation>
        </message>
        <message>
            <source>It holds as soon as nothing is listened to or answered.</source>
            <translation>Es gilt, sobald weder zugehört noch geantwortet wird.</translation>
        </message>
        <message>
            <source>The model is opened again, with weights as memory allows.</source>
            <translation>Das Modell wird neu geöffnet, mit Gewichten, wie der Speicher es zulässt.</translation>
        </message>
        <message>
            <source>The model is opened again, with weights as published.</source>
            <translation>Das Modell wird neu geöffnet, mit Gewichten wie veröffentlicht.</translation>
        </message>
        <message>
            <source>The model is opened again, with weights in 8 bits.</source>
            <translation>Das Modell wird neu geöffnet, mit Gewichten in 8 Bit.</translation>
        </message>
        <message>
            <source>The model is opened again, with weights in 4 bits.</source>
            <translation>Das Modell wird neu geöffnet, mit Gewichten in 4 Bit.</translation>
        </message>
        <message>
            <source>The model is opened again; it hears in 8 bits from now on.</source>
            <translation>Das Modell wird neu geöffnet; es hört von nun an in 8 Bit.</translation>
        </message>
        <message>
            <source>The model is opened again; it hears as published from now on.</source>
            <translation>Das Modell wird neu geöffnet; es hört von nun an wie veröffentlicht.</translation>
        </message>
    </context>
    <context>
        <name>WeightsNote</name>
        <message>
            <source>{name} came with small weights: they are kept as they are.</source>
            <translation>{name} kam mit kleinen Gewichten: Sie bleiben, wie sie sind.</translation>
        </message>
        <message>
            <source>in 4 bits {size}</source>
            <translation>in 4 Bit {size}</translation>
        </message>
        <message>
            <source>in 8 bits {size}</source>
            <translation>in 8 Bit {size}</translation>
        </message>
        <message>
            <source>as published {size}</source>
            <translation>wie veröffentlicht {size}</translation>
        </message>
        <message>
            <source>in 4 bits</source>
            <translation>in 4 Bit</translation>
        </message>
        <message>
            <source>in 8 bits</source>
            <translation>in 8 Bit</translation>
        </message>
        <message>
            <source>as published</source>
            <translation>wie veröffentlicht</translation>
        </message>
        <message>
            <source>The text model of {name} takes {costs}; now its weights are {now}.</source>
            <translation>Das Textmodell von {name} braucht {costs}; jetzt liegen seine Gewichte {now}.</translation>
        </message>
        <message>
            <source>, </source>
            <translation>, </translation>
        </message>
    </context>
    <context>
        <name>Moments</name>
        <message>
            <source>less than a minute left</source>
            <translation>noch weniger als eine Minute</translation>
        </message>
        <message>
            <source>{minutes} min left</source>
            <translation>noch {minutes} min</translation>
        </message>
        <message>
            <source>{hours} h {minutes} min left</source>
            <translation>noch {hours} h {minutes} min</translation>
        </message>
    </context>
</TS>
