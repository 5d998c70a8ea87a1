"""Questions about using Nestling and their answers, which must be true of the program as it is.

`tests/engine/training/test_knowledge.py` holds the keys and menus named here against
`app/actions.py` and `app/widgets/menus.py`.
"""

from engine.training.knowledge.intent import Intent

INTENTS: tuple[Intent, ...] = (
    Intent(
        "start",
        "Press Ctrl+L or the Start listening button, then speak.",
        to="start listening|begin|start|start a recording|make you listen|turn on listening|"
        "make it write what i say|dictate|start talking to you|get started",
    ),
    Intent(
        "stop",
        "Press Ctrl+L again or the Stop listening button.",
        to="stop listening|stop|stop the recording|end the recording|make you stop|"
        "turn off listening|finish dictating",
    ),
    Intent(
        "pause",
        "Press Ctrl+P to pause, and again to go on.",
        to="pause|take a break|pause listening|pause the recording|stop for a moment|"
        "interrupt the recording",
    ),
    Intent(
        "resume",
        "Press Ctrl+P once more: listening goes on where it was.",
        to="resume|resume listening|go on after a pause|continue the recording|"
        "continue after a break|end the pause",
    ),
    Intent(
        "new",
        "Choose New transcript in the File menu, or press Ctrl+N.",
        to="start a new transcript|clear the window|empty the window|begin a new page|"
        "remove the words from the window|make a new transcript|start over",
    ),
    Intent(
        "save",
        "Press Ctrl+S, or open the File menu and choose Save transcript.",
        to="save this|save the transcript|save my words|save the text|store this in a file|"
        "write this to a file|save it|keep this text as a file|save what i said",
    ),
    Intent(
        "subtitles",
        "Choose File, Save transcript, then SubRip or WebVTT subtitles.",
        to="make subtitles|save subtitles|get subtitles|export subtitles|"
        "save this as subtitles|write subtitles for a film",
    ),
    Intent(
        "formats",
        "A transcript can be saved as text, as SubRip subtitles or as WebVTT subtitles.",
        about="the file formats|the formats for saving",
        ask="which formats can you save|what file types are there|which files can you write|"
        "what formats can i save|which formats can i export",
    ),
    Intent(
        "copy",
        "Mark the words and press Ctrl+C.",
        to="copy a word|copy some words|copy the selection|copy part of the text|"
        "copy a sentence|copy what i marked",
    ),
    Intent(
        "copy_all",
        "Press Ctrl+Shift+C to copy the whole transcript.",
        to="copy everything|copy the whole transcript|copy all the text|copy all words|"
        "copy the entire text|put the whole text on the clipboard",
    ),
    Intent(
        "select_all",
        "Press Ctrl+A to mark the whole transcript.",
        to="select everything|select all|mark everything|mark the whole text|select the whole text",
    ),
    Intent(
        "larger",
        "Press Ctrl and plus to make the text larger.",
        to="make the letters bigger|make the text larger|make the text bigger|"
        "increase the text size|enlarge the letters|get larger letters|zoom in|get bigger text",
        ask="the text is too small|the letters are too small|i can not read the small text",
    ),
    Intent(
        "smaller",
        "Press Ctrl and minus to make the text smaller.",
        to="make the letters smaller|make the text smaller|reduce the text size|"
        "shrink the letters|get smaller letters|zoom out|get smaller text",
        ask="the text is too large|the letters are too big|the text is too big",
    ),
    Intent(
        "normal",
        "Press Ctrl+0 to go back to the normal text size.",
        to="get the normal text size back|reset the text size|make the text normal again|"
        "reset the letters|go back to the normal letters",
    ),
    Intent(
        "dark",
        "Open View, Colours and choose Dark.",
        to="use dark colours|make it dark|turn on dark mode|get the dark theme|"
        "make the window black|switch to dark colours",
        ask="is there a dark mode|is there a dark theme|the window is too bright",
    ),
    Intent(
        "light",
        "Open View, Colours and choose Light.",
        to="use light colours|make it light|turn on light mode|get the light theme|"
        "make the window white|turn off dark mode|switch to light colours",
        ask="is there a light mode|is there a light theme|the window is too dark",
    ),
    Intent(
        "system_colours",
        "Open View, Colours and choose As the system.",
        to="use the colours of the system|follow the system colours|"
        "have the same colours as my computer|use the system theme",
    ),
    Intent(
        "slider",
        "It sets the model size: larger hears better, smaller needs less computing.",
        about="the slider|the model size|the model size slider|the size slider|the size control",
        ask="what does the slider do|what happens when i move the slider|"
        "why are there several sizes|why should i move the slider",
    ),
    Intent(
        "size_up",
        "Move the slider to the right or press Ctrl+Shift+Up.",
        to="get a larger model size|use a larger size|make the model larger|"
        "get better words|use the largest size|make you hear better",
    ),
    Intent(
        "size_down",
        "Move the slider to the left or press Ctrl+Shift+Down.",
        to="get a smaller model size|use a smaller size|make the model smaller|"
        "make you faster|save computing power|make the program faster|use the smallest size",
    ),
    Intent(
        "which_size",
        "The larger the size, the better the words; take a smaller one if the words come late.",
        ask="which size should i use|which size is best|what is the best size|"
        "which model size do i need|what size do you recommend",
    ),
    Intent(
        "size_effect",
        "A new size takes effect with the next utterance; nothing is loaded again.",
        ask="when does the new size work|must i restart after moving the slider|"
        "does the model load again when i move the slider|when does the size change",
    ),
    Intent(
        "microphone",
        "Press Ctrl+M and choose a microphone from the list.",
        to="choose the microphone|change the microphone|use another microphone|"
        "pick a microphone|select my headset|switch the microphone|use my headset",
    ),
    Intent(
        "not_heard",
        "Check that the level moves while you speak; if not, press Ctrl+M for another microphone.",
        ask="why do you not hear me|you do not hear me|nothing happens when i speak|"
        "there are no words when i talk|the microphone does not work|why are there no words",
    ),
    Intent(
        "wrong_words",
        "Speak simple English clearly, near the microphone; the full model makes fewer mistakes.",
        ask="why are the words wrong|the words are wrong|you make mistakes|"
        "why do you make so many mistakes|you do not understand me|why is the text wrong",
    ),
    Intent(
        "computer_sound",
        "Press Ctrl+M and choose the entry that says what the computer plays.",
        to="write down what the computer plays|transcribe a video|listen to a film|"
        "write down the sound of the computer|transcribe music from my computer",
    ),
    Intent(
        "sound_file",
        "Press Ctrl+T and choose a sound file or a video.",
        to="transcribe a sound file|transcribe a file|write down a recording|"
        "turn a sound file into text|open a sound file",
    ),
    Intent(
        "italics",
        "Words in italics may still change; upright words stay as they are.",
        about="the italic words|the words in italics|the grey words|the tentative words",
        ask="why are some words in italics|why do words change|why do the last words change|"
        "why are some words grey",
    ),
    Intent(
        "hide_tentative",
        "Open the settings and turn off Show words before they are confirmed.",
        to="hide the italic words|hide words that change|show only final words|"
        "show only confirmed words|turn off the grey words",
    ),
    Intent(
        "times",
        "Open the settings, Appearance, and turn Show times on or off.",
        to="show the times|hide the times|turn off the times|remove the times beside the text|"
        "see when i said something",
    ),
    Intent(
        "latest",
        "Press Ctrl+End to jump to the latest words.",
        to="jump to the end|go to the latest words|see the newest words|scroll to the end|"
        "go back to the end|follow the text again",
    ),
    Intent(
        "history",
        "Press Ctrl+H to see earlier transcripts.",
        to="see earlier transcripts|find an old transcript|open an older transcript|"
        "see what i said yesterday|look at my old texts|read earlier recordings",
        about="the history|the list of earlier transcripts",
    ),
    Intent(
        "delete_one",
        "Press Ctrl+H, choose the transcript and press Delete.",
        to="delete a transcript|delete one transcript|remove an old transcript|"
        "throw away a transcript|delete an earlier recording",
    ),
    Intent(
        "delete_all",
        "Open File, Privacy and choose Delete everything.",
        to="delete everything|delete all my data|remove all transcripts|erase everything|"
        "delete all transcripts|forget everything about me",
    ),
    Intent(
        "keep_off",
        "Open the settings, Privacy, and turn off Keep transcripts on this computer.",
        to="stop keeping transcripts|not keep my words|turn off the history|"
        "use it without leaving traces|stop storing my transcripts",
    ),
    Intent(
        "retention",
        "Thirty days, unless you set another number in the settings under Privacy.",
        ask="how long are transcripts kept|how long do you keep my words|"
        "when are transcripts deleted|how long do you store the text|"
        "when do old transcripts go away",
    ),
    Intent(
        "where_kept",
        "On this computer only; File, Privacy shows the folder.",
        ask="where are my transcripts|where do you keep the transcripts|"
        "where are the files stored|in which folder are my texts|where is my data",
    ),
    Intent(
        "sound_kept",
        "No, sound is never written to disk.",
        ask="do you store my voice|do you record my voice|do you keep the sound|"
        "is my voice saved|do you save the audio|are recordings of my voice kept",
    ),
    Intent(
        "private",
        "Everything happens on this computer, and nothing you say leaves it.",
        about="the privacy of my data",
        ask="is this private|is it safe|does anybody listen to me|who can hear me|"
        "is my data safe|do you send my words to anybody|is my voice sent to a server|"
        "does my voice leave the computer",
    ),
    Intent(
        "offline",
        "Only a download that you start yourself uses the network.",
        ask="do you work offline|does this work without the internet|do you need the internet|"
        "does it work without a network|do i need to be online|do you use the internet",
    ),
    Intent(
        "settings",
        "Press Ctrl and comma, or choose Settings in the File menu.",
        to="open the settings|change the settings|find the options|see the preferences|"
        "change the options",
        about="the settings",
    ),
    Intent(
        "language",
        "Open the settings, Appearance, and choose the language of the window.",
        to="change the language|use german menus|switch the menus to german|"
        "see the menus in english|change the language of the window",
    ),
    Intent(
        "scale",
        "Open the settings, Appearance, and raise Size of everything else.",
        to="make the buttons bigger|make the whole window bigger|enlarge the menus|"
        "make the menus larger|make everything bigger",
    ),
    Intent(
        "panel",
        "Press F9 to show or hide the model and memory panel.",
        to="hide the panel|show the panel|close the side panel|see the memory|"
        "show the model and memory|hide the memory",
    ),
    Intent(
        "memory",
        "The panel shows which parts of the model are in memory and how large they are; press F9.",
        about="the memory panel|the panel|the model and memory panel",
        ask="how much memory do you use|how much memory does the model need",
    ),
    Intent(
        "full_screen",
        "Press F11 for the full screen, and again to leave it.",
        to="use the full screen|leave the full screen|fill the screen|end full screen|"
        "make the window as large as the screen",
    ),
    Intent(
        "conversation",
        "Press Ctrl+2 to talk with the model, and Ctrl+1 for the transcript.",
        to="chat with you|see the conversation|open the conversation|ask you things|"
        "have a conversation|talk with the model",
        about="the conversation page",
    ),
    Intent(
        "transcript_page",
        "Press Ctrl+1 to see the transcript.",
        to="go back to the transcript|see the transcript|show the transcript page|"
        "open the transcript page|leave the conversation page",
        about="the transcript page",
    ),
    Intent(
        "full_model",
        "Press Ctrl+Shift+G to download Gemma 3n, or Ctrl+O to choose its folder.",
        to="get the full model|get a better model|download gemma|use the real model|"
        "get the large model|use a better model|install gemma|get the real model",
    ),
    Intent(
        "open_model",
        "Press Ctrl+O and choose the folder of the model.",
        to="open a model|open a model folder|load a model|change the model|use another model|"
        "load another model",
    ),
    Intent(
        "bundled",
        "Choose Use the demonstration model in the File menu.",
        to="go back to the demo model|use the demo model|use the small model again|"
        "return to the demonstration model|get you back",
    ),
    Intent(
        "gemma",
        "Gemma 3n is an open model by Google that hears, sees and answers.",
        about="gemma|gemma three n|the full model|the real model",
    ),
    Intent(
        "nano",
        "I am nano, the small demonstration model that comes with Nestling.",
        about="nano|the demonstration model|the demo model",
        ask="who are you|what are you|what is your name|are you a person|are you human|"
        "what model are you|are you a robot|which model is this",
    ),
    Intent(
        "nestling",
        "Nestling is a private assistant that writes down what you say, on your own computer.",
        about="nestling|this program|this app|this software",
    ),
    Intent(
        "can_do",
        "I write down simple English, translate it, say what a picture shows, explain Nestling "
        "and common words, and add numbers.",
        ask="what can you do|how can you help me|what do you know|what are you able to do|"
        "what can i ask you|help|help me|what can i do here|what are you good for",
    ),
    Intent(
        "understands",
        "I understand simple English, spoken clearly.",
        ask="what languages do you understand|which languages do you speak|do you speak english|"
        "what language can i speak|can i speak german with you|do you understand french",
    ),
    Intent(
        "translate",
        "I translate simple English sentences into Spanish and Chinese.",
        to="translate something|translate a sentence|get a translation|translate my words",
        ask="can you translate|do you translate|which languages can you translate|"
        "can you translate into spanish|can you translate into chinese",
    ),
    Intent(
        "larger_sizes",
        "Gemma 3n E4B has sixteen sizes between E2B and E4B; the slider chooses one.",
        ask="how many sizes does gemma have|how many sizes are there|what sizes does gemma have",
    ),
    Intent(
        "slice",
        "In a shell, python3 main.py slice writes one size of a model to a folder.",
        to="write a size to a folder|cut a model|slice a model|make a smaller copy of a model|"
        "save one size of the model",
    ),
    Intent(
        "info",
        "In a shell, python3 main.py info shows the parameters and bytes of each part.",
        to="see how large a model is|see the parameters of a model|inspect a model|"
        "see the parts of a model",
    ),
    Intent(
        "shell",
        "Yes: python3 main.py transcribe, chat, info and slice work in a shell.",
        about="the commands for the shell|the command line",
        ask="can i use you in a shell|is there a command line|do you work in a terminal",
        to="use it in a terminal|use it from a shell|use the command line",
    ),
    Intent(
        "set_up",
        "Type: python3 main.py setup. It installs what is missing and opens the window.",
        to="install nestling|install this program|set up nestling|set up this program",
    ),
    Intent(
        "systems",
        "Linux under X11 and Wayland; Windows and macOS are not tested.",
        ask="which systems do you run on|does it work on windows|does it run on a mac|"
        "does nestling work on linux|which operating system do i need",
    ),
    Intent(
        "cost",
        "Nothing. Nestling is free software under the Apache licence.",
        ask="how much does nestling cost|what do you cost|is it free|is nestling free|"
        "do i have to pay|is this open source|what is the licence",
    ),
    Intent(
        "crash",
        "Each confirmed word is on disk at once; press Ctrl+H to find it again.",
        ask="what happens after a crash|are my words lost after a crash|"
        "what if the program crashes|did i lose my words|what if the power goes off",
    ),
    Intent(
        "slow",
        "Take a smaller size with the slider; the words will come sooner.",
        ask="why is it so slow|the words come late|why are the words late|it is too slow|"
        "the text comes too late|why are you so slow",
    ),
    Intent(
        "status",
        "The line below shows the model, its size, how late the words are and lost sound.",
        about="the status line|the line at the bottom|the numbers at the bottom|the status bar",
    ),
    Intent(
        "welcome",
        "Choose What Nestling is in the Help menu.",
        to="see the welcome again|see the first page again|see the introduction|"
        "show the welcome page",
    ),
    Intent(
        "about",
        "Choose About Nestling in the Help menu.",
        to="see the version|see the licences|find the version number|see the licence",
        ask="which version is this|what version are you",
    ),
    Intent(
        "privacy",
        "Choose Privacy in the File menu: it shows what is kept, where and how long.",
        to="see what is kept|see the privacy page|find out what you store|open the privacy page",
        about="the privacy page",
    ),
    Intent(
        "close",
        "Press Ctrl+W to close the window.",
        to="close the window|close this window|shut the window",
    ),
    Intent(
        "quit",
        "Press Ctrl+Q to quit Nestling.",
        to="quit|quit the program|end the program|exit|leave the program|close the program|"
        "exit nestling",
    ),
    Intent(
        "keys",
        "Ctrl+L listens, Ctrl+P pauses, Ctrl+S saves, Ctrl+H shows earlier transcripts.",
        about="the keys|the keyboard shortcuts|the shortcuts",
        to="use the keyboard|work without a mouse",
        ask="which keys are there|are there keyboard shortcuts|what keys can i press",
    ),
    Intent(
        "numbers",
        "Yes, I add two numbers up to one hundred.",
        ask="can you add numbers|can you calculate|are you good at numbers|can you do sums",
    ),
    Intent(
        "words",
        "Yes, I explain the thousand commonest English nouns.",
        ask="can you explain words|do you explain words|do you know what words mean|"
        "can i ask you what a word means",
    ),
)
