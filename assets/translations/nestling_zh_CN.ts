<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
    <context>
        <name>AboutDialog</name>
        <message>
            <source>About Nestling</source>
            <translation>关于 Nestling</translation>
        </message>
        <message>
            <source>A private assistant that writes down what you say.</source>
            <translation>一位私密的助手，把您说的话写下来。</translation>
        </message>
        <message>
            <source>Licences</source>
            <translation>许可证</translation>
        </message>
        <message>
            <source>Nestling is free software under the Apache License, version 2.0.</source>
            <translation>Nestling 是自由软件，依据 Apache 许可证 2.0 版发布。</translation>
        </message>
        <message>
            <source>It uses Qt {version} through PySide6 under the GNU Lesser General Public License, version 3; you may replace the Qt libraries by your own.</source>
            <translation>它通过 PySide6 使用 Qt {version}，后者依据 GNU 宽通用公共许可证第 3 版授权；您可以用自己的 Qt 库替换它。</translation>
        </message>
        <message>
            <source>Gemma is provided under and subject to the Gemma Terms of Use.</source>
            <translation>Gemma 依照《Gemma 使用条款》（Gemma Terms of Use）提供，并受其约束。</translation>
        </message>
    </context>
    <context>
        <name>ActionTable</name>
        <message>
            <source>&amp;Start listening</source>
            <translation>开始聆听(&amp;S)</translation>
        </message>
        <message>
            <source>&amp;Stop</source>
            <translation>停止(&amp;S)</translation>
        </message>
        <message>
            <source>&amp;Stop listening</source>
            <translation>停止聆听(&amp;S)</translation>
        </message>
        <message>
            <source>&amp;Resume</source>
            <translation>继续(&amp;R)</translation>
        </message>
        <message>
            <source>&amp;Pause</source>
            <translation>暂停(&amp;P)</translation>
        </message>
        <message>
            <source>Transcribe a &amp;file…</source>
            <translation>转写文件(&amp;F)…</translation>
        </message>
        <message>
            <source>Write down what is said in a sound file or a video</source>
            <translation>写下声音文件或视频中说的话</translation>
        </message>
        <message>
            <source>Write down what is said, or stop doing so</source>
            <translation>把所说的话写下来，或停止记录</translation>
        </message>
        <message>
            <source>Close the microphone for a while; the transcript goes on afterwards</source>
            <translation>暂时关闭麦克风；之后继续记录</translation>
        </message>
        <message>
            <source>&amp;New transcript</source>
            <translation>新建记录(&amp;N)</translation>
        </message>
        <message>
            <source>Empty the window; kept transcripts stay where they are</source>
            <translation>清空窗口；已保存的记录保持不变</translation>
        </message>
        <message>
            <source>Open &amp;model folder…</source>
            <translation>打开模型文件夹(&amp;M)…</translation>
        </message>
        <message>
            <source>Use a Gemma 3n model that lies on this computer</source>
            <translation>使用这台电脑上的 Gemma 3n 模型</translation>
        </message>
        <message>
            <source>Use the &amp;demonstration model</source>
            <translation>使用演示模型(&amp;D)</translation>
        </message>
        <message>
            <source>Go back to the small model that comes with Nestling</source>
            <translation>换回 Nestling 自带的小模型</translation>
        </message>
        <message>
            <source>Earlie&amp;r transcripts…</source>
            <translation>以前的记录(&amp;R)…</translation>
        </message>
        <message>
            <source>Look at, save or delete what was written down before</source>
            <translation>查看、保存或删除以前的记录</translation>
        </message>
        <message>
            <source>&amp;Save as…</source>
            <translation>另存为(&amp;S)…</translation>
        </message>
        <message>
            <source>Save the transcript as text or subtitles, or the conversation as text</source>
            <translation>把记录保存为文本或字幕，或把对话保存为文本</translation>
        </message>
        <message>
            <source>As &amp;text (TXT)…</source>
            <translation>保存为文本 (TXT)(&amp;T)…</translation>
        </message>
        <message>
            <source>Save the words alone</source>
            <translation>只保存文字</translation>
        </message>
        <message>
            <source>As &amp;SubRip subtitles (SRT)…</source>
            <translation>保存为 SubRip 字幕 (SRT)(&amp;S)…</translation>
        </message>
        <message>
            <source>Save subtitles that any player shows</source>
            <translation>保存任何播放器都能显示的字幕</translation>
        </message>
        <message>
            <source>As &amp;WebVTT subtitles (VTT)…</source>
            <translation>保存为 WebVTT 字幕 (VTT)(&amp;W)…</translation>
        </message>
        <message>
            <source>Save subtitles for web pages</source>
            <translation>保存网页用的字幕</translation>
        </message>
        <message>
            <source>&amp;Copy selection</source>
            <translation>复制所选内容(&amp;C)</translation>
        </message>
        <message>
            <source>Copy the marked words</source>
            <translation>复制选中的文字</translation>
        </message>
        <message>
            <source>Copy &amp;all</source>
            <translation>全部复制(&amp;A)</translation>
        </message>
        <message>
            <source>Copy the whole transcript, or the whole conversation</source>
            <translation>复制整篇记录，或整段对话</translation>
        </message>
        <message>
            <source>Se&amp;lect all</source>
            <translation>全选(&amp;L)</translation>
        </message>
        <message>
            <source>Mark the whole transcript, or all of one message</source>
            <translation>选中整个记录，或一条消息的全部内容</translation>
        </message>
        <message>
            <source>&amp;Jump to the latest words</source>
            <translation>跳到最新内容(&amp;J)</translation>
        </message>
        <message>
            <source>Scroll to the end and stay there</source>
            <translation>滚动到末尾并停在那里</translation>
        </message>
        <message>
            <source>Ca&amp;ptions</source>
            <translation>字幕(&amp;P)</translation>
        </message>
        <message>
            <source>Show what is heard in a small window above all others</source>
            <translation>在置顶的小窗口中显示听到的内容</translation>
        </message>
        <message>
            <source>S&amp;wap the languages</source>
            <translation>交换语言(&amp;W)</translation>
        </message>
        <message>
            <source>Translate the other way round</source>
            <translation>反方向翻译</translation>
        </message>
        <message>
            <source>&amp;Translate what is not translated yet</source>
            <translation>翻译尚未翻译的内容(&amp;T)</translation>
        </message>
        <message>
            <source>Translate the lines of the transcript that have no translation</source>
            <translation>翻译记录中还没有译文的行</translation>
        </message>
        <message>
            <source>Choose the &amp;microphone</source>
            <translation>选择麦克风(&amp;M)</translation>
        </message>
        <message>
            <source>Go to the list of microphones</source>
            <translation>转到麦克风列表</translation>
        </message>
        <message>
            <source>&amp;Larger model size</source>
            <translation>更大的模型规格(&amp;L)</translation>
        </message>
        <message>
            <source>Better words, more computing</source>
            <translation>文字更准，计算更多</translation>
        </message>
        <message>
            <source>Sm&amp;aller model size</source>
            <translation>更小的模型规格(&amp;A)</translation>
        </message>
        <message>
            <source>Less computing, rougher words</source>
            <translation>计算更少，文字较粗略</translation>
        </message>
        <message>
            <source>&amp;Larger text</source>
            <translation>放大文字(&amp;L)</translation>
        </message>
        <message>
            <source>Make the transcript larger</source>
            <translation>放大记录的文字</translation>
        </message>
        <message>
            <source>&amp;Smaller text</source>
            <translation>缩小文字(&amp;S)</translation>
        </message>
        <message>
            <source>Make the transcript smaller</source>
            <translation>缩小记录的文字</translation>
        </message>
        <message>
            <source>&amp;Normal text size</source>
            <translation>默认文字大小(&amp;N)</translation>
        </message>
        <message>
            <source>Make the transcript as large as at first</source>
            <translation>恢复记录文字的原始大小</translation>
        </message>
        <message>
            <source>As the &amp;system</source>
            <translation>跟随系统(&amp;S)</translation>
        </message>
        <message>
            <source>Light or dark as the system is</source>
            <translation>随系统使用浅色或深色</translation>
        </message>
        <message>
            <source>&amp;Light</source>
            <translation>浅色(&amp;L)</translation>
        </message>
        <message>
            <source>Dark on light</source>
            <translation>浅底深字</translation>
        </message>
        <message>
            <source>&amp;Dark</source>
            <translation>深色(&amp;D)</translation>
        </message>
        <message>
            <source>Light on dark</source>
            <translation>深底浅字</translation>
        </message>
        <message>
            <source>&amp;Transcript</source>
            <translation>记录(&amp;T)</translation>
        </message>
        <message>
            <source>Show what is heard, word by word</source>
            <translation>逐字显示听到的内容</translation>
        </message>
        <message>
            <source>C&amp;onversation</source>
            <translation>对话(&amp;O)</translation>
        </message>
        <message>
            <source>Ask the model, by keyboard, aloud or with a picture</source>
            <translation>用键盘、语音或图片向模型提问</translation>
        </message>
        <message>
            <source>&amp;Model and memory</source>
            <translation>模型与内存(&amp;M)</translation>
        </message>
        <message>
            <source>Show or hide the model's size and its memory</source>
            <translation>显示或隐藏模型规格及其内存</translation>
        </message>
        <message>
            <source>&amp;Full screen</source>
            <translation>全屏(&amp;F)</translation>
        </message>
        <message>
            <source>Use the whole screen</source>
            <translation>使用整个屏幕</translation>
        </message>
        <message>
            <source>Sett&amp;ings…</source>
            <translation>设置(&amp;I)…</translation>
        </message>
        <message>
            <source>Change how Nestling works</source>
            <translation>更改 Nestling 的工作方式</translation>
        </message>
        <message>
            <source>&amp;Privacy…</source>
            <translation>隐私(&amp;P)…</translation>
        </message>
        <message>
            <source>What is kept, where, how long; delete everything</source>
            <translation>保存什么、保存在哪里、保存多久；全部删除</translation>
        </message>
        <message>
            <source>&amp;What Nestling is</source>
            <translation>Nestling 是什么(&amp;W)</translation>
        </message>
        <message>
            <source>The three lines of the first start</source>
            <translation>首次启动时的三句话</translation>
        </message>
        <message>
            <source>&amp;About Nestling</source>
            <translation>关于 Nestling(&amp;A)</translation>
        </message>
        <message>
            <source>Version and licences</source>
            <translation>版本与许可证</translation>
        </message>
        <message>
            <source>&amp;Close</source>
            <translation>关闭(&amp;C)</translation>
        </message>
        <message>
            <source>Close the window</source>
            <translation>关闭窗口</translation>
        </message>
        <message>
            <source>&amp;Quit</source>
            <translation>退出(&amp;Q)</translation>
        </message>
        <message>
            <source>End Nestling</source>
            <translation>结束 Nestling</translation>
        </message>
        <message>
            <source>M&amp;odels…</source>
            <translation>模型(&amp;O)…</translation>
        </message>
        <message>
            <source>Download Gemma 3n, open it, or delete it</source>
            <translation>下载、打开或删除 Gemma 3n</translation>
        </message>
        <message>
            <source>Conn&amp;ections…</source>
            <translation>网络连接(&amp;E)…</translation>
        </message>
        <message>
            <source>Every connection that Nestling can make, and when</source>
            <translation>Nestling 可能建立的每一个连接，以及何时建立</translation>
        </message>
        <message>
            <source>C&amp;heck the model…</source>
            <translation>检查模型(&amp;H)…</translation>
        </message>
        <message>
            <source>Whether its files are whole, and what it can do on this computer</source>
            <translation>检查其文件是否完整，以及它在这台电脑上的表现</translation>
        </message>
    </context>
    <context>
        <name>AnswersDialog</name>
        <message>
            <source>Steady: the same answer each time</source>
            <translation>稳定：每次回答相同</translation>
        </message>
        <message>
            <source>Calm: likely words, few surprises</source>
            <translation>沉稳：常见用词，少有意外</translation>
        </message>
        <message>
            <source>Balanced: as Google recommends for Gemma 3n</source>
            <translation>均衡：Google 对 Gemma 3n 的推荐</translation>
        </message>
        <message>
            <source>Free: less likely words, too</source>
            <translation>自由：也用不太常见的词</translation>
        </message>
        <message>
            <source>Lively: surprising, and sometimes wrong</source>
            <translation>活泼：出人意料，有时会错</translation>
        </message>
        <message>
            <source>Numbers of your own</source>
            <translation>自定义数值</translation>
        </message>
        <message>
            <source>How to answer</source>
            <translation>如何回答</translation>
        </message>
        <message>
            <source>&amp;Instruction for this conversation</source>
            <translation>本对话的指示(&amp;I)</translation>
        </message>
        <message>
            <source>For example: answer in one sentence.</source>
            <translation>例如：用一句话回答。</translation>
        </message>
        <message>
            <source>Instruction for this conversation</source>
            <translation>本对话的指示</translation>
        </message>
        <message>
            <source>From steady to lively</source>
            <translation>从稳定到活泼</translation>
        </message>
        <message>
            <source>Steady</source>
            <translation>稳定</translation>
        </message>
        <message>
            <source>Lively</source>
            <translation>活泼</translation>
        </message>
        <message>
            <source>Exact numbers</source>
            <translation>精确数值</translation>
        </message>
        <message>
            <source>&amp;Temperature</source>
            <translation>温度(&amp;T)</translation>
        </message>
        <message>
            <source>Top-&amp;k (0: off)</source>
            <translation>Top-&amp;k（0：关闭）</translation>
        </message>
        <message>
            <source>Top-&amp;p</source>
            <translation>Top-&amp;p</translation>
        </message>
        <message>
            <source>&amp;Longest answer</source>
            <translation>最长回答(&amp;L)</translation>
        </message>
        <message>
            <source>&amp;Seed</source>
            <translation>种子(&amp;S)</translation>
        </message>
        <message>
            <source> tokens</source>
            <translation> 个词元</translation>
        </message>
        <message>
            <source>another each time</source>
            <translation>每次不同</translation>
        </message>
    </context>
    <context>
        <name>Application</name>
        <message>
            <source>This transcript is kept nowhere else. This cannot be undone.</source>
            <translation>这份记录没有保存在其他任何地方。此操作无法撤销。</translation>
        </message>
        <message>
            <source>Close Nestling?</source>
            <translation>关闭 Nestling？</translation>
        </message>
        <message>
            <source>The disk does not take what is still to be kept: it will be lost. Make room first, or save it as a file in another place.</source>
            <translation>磁盘无法写入仍待保存的内容：这些内容将会丢失。请先腾出空间，或将其另存到别处的文件。</translation>
        </message>
        <message>
            <source>Finishing the last words, then Nestling closes…</source>
            <translation>正在写完最后的话，随后 Nestling 将关闭…</translation>
        </message>
    </context>
    <context>
        <name>Banner</name>
        <message>
            <source>Dismiss this message</source>
            <translation>关闭这条消息</translation>
        </message>
    </context>
    <context>
        <name>CameraController</name>
        <message>
            <source>What was looked at is not on the screen any more.</source>
            <translation>刚才观看的内容已不在屏幕上。</translation>
        </message>
        <message>
            <source>The library OpenCV, which reads cameras, is missing or broken. Run the set-up of Nestling again.</source>
            <translation>读取摄像头的库 OpenCV 缺失或损坏。请重新运行 Nestling 的安装。</translation>
        </message>
        <message>
            <source>This file cannot be read as a video. Choose another one, or save it as MP4.</source>
            <translation>无法将此文件作为视频读取。请选择其他文件，或将其另存为 MP4。</translation>
        </message>
        <message>
            <source>The network camera cannot be reached. Look at its address, and whether it is on; Nestling keeps trying.</source>
            <translation>无法连接网络摄像头。请检查地址以及它是否已开启；Nestling 会继续尝试。</translation>
        </message>
        <message>
            <source>The camera cannot be opened. Perhaps another program uses it, or this user may not; Nestling keeps trying.</source>
            <translation>无法打开摄像头。可能被其他程序占用，或当前用户没有权限；Nestling 会继续尝试。</translation>
        </message>
        <message>
            <source>The camera is gone. Connect it again, and looking goes on by itself.</source>
            <translation>摄像头不见了。请重新接上，观看会自动继续。</translation>
        </message>
        <message>
            <source>The camera sends no pictures any more. Looking goes on by itself when it does.</source>
            <translation>摄像头不再发送画面。恢复后观看会自动继续。</translation>
        </message>
        <message>
            <source>The camera hangs and is not released yet, so its lamp may still be lit. Nestling takes no picture from it any more; unplug it to be sure.</source>
            <translation>摄像头卡住且尚未释放，指示灯可能仍亮着。Nestling 不再从中取画面；要确保关闭，请拔下它。</translation>
        </message>
        <message>
            <source>The camera stopped because of an error in Nestling.</source>
            <translation>由于 Nestling 出错，摄像头已停止。</translation>
        </message>
        <message>
            <source>This desktop (Wayland) lets programs see the screen only through its portal, and none answers. Take a screenshot with the desktop's own key and paste it into the question.</source>
            <translation>此桌面（Wayland）只允许程序通过门户查看屏幕，而门户没有响应。请用桌面自带的按键截图，然后粘贴到问题中。</translation>
        </message>
    </context>
    <context>
        <name>CameraMark</name>
        <message>
            <source>Screen in view</source>
            <translation>正在看屏幕</translation>
        </message>
        <message>
            <source>Camera on</source>
            <translation>摄像头已开启</translation>
        </message>
        <message>
            <source>Looking at {name}</source>
            <translation>正在看 {name}</translation>
        </message>
        <message>
            <source>Video open</source>
            <translation>视频已打开</translation>
        </message>
        <message>
            <source>▶ Video · {title}</source>
            <translation>▶ 视频 · {title}</translation>
        </message>
        <message>
            <source>◉ Camera on · {title}</source>
            <translation>◉ 摄像头已开 · {title}</translation>
        </message>
        <message>
            <source>◉ Screen in view · {title}</source>
            <translation>◉ 正在看屏幕 · {title}</translation>
        </message>
    </context>
    <context>
        <name>CameraPreview</name>
        <message>
            <source>What the camera sees</source>
            <translation>摄像头看到的画面</translation>
        </message>
        <message>
            <source>Nothing is looked at</source>
            <translation>没有在看任何内容</translation>
        </message>
    </context>
    <context>
        <name>CaptionWindow</name>
        <message>
            <source>Captions — Nestling</source>
            <translation>字幕 — Nestling</translation>
        </message>
        <message>
            <source>Captions</source>
            <translation>字幕</translation>
        </message>
        <message>
            <source>Captions appear here</source>
            <translation>字幕将显示在这里</translation>
        </message>
    </context>
    <context>
        <name>Captions</name>
        <message>
            <source>On this desktop (Wayland) only you can keep the captions above other windows and choose their place: by the window menu of your desktop.</source>
            <translation>在此桌面（Wayland）上，只有您能让字幕保持在其他窗口之上并选择位置：请使用桌面的窗口菜单。</translation>
        </message>
    </context>
    <context>
        <name>CaptureController</name>
        <message>
            <source>The sound now comes from another microphone: {}.</source>
            <translation>声音现在来自另一个麦克风：{}。</translation>
        </message>
        <message>
            <source>The sound library PortAudio is missing. On Debian and Ubuntu install the package libportaudio2, then start Nestling again.</source>
            <translation>缺少声音库 PortAudio。在 Debian 和 Ubuntu 上请安装软件包 libportaudio2，然后重新启动 Nestling。</translation>
        </message>
        <message>
            <source>No microphone was found. Connect one, and listening begins by itself.</source>
            <translation>没有找到麦克风。请接上一个，聆听会自动开始。</translation>
        </message>
        <message>
            <source>The microphone is gone. Connect it again, and listening goes on by itself.</source>
            <translation>麦克风不见了。请重新接上，聆听会自动继续。</translation>
        </message>
        <message>
            <source>The sound server does not answer. Listening goes on by itself when it does.</source>
            <translation>声音服务器没有响应。恢复后聆听会自动继续。</translation>
        </message>
        <message>
            <source>Recording failed. Stop and start it again.</source>
            <translation>录音失败。请停止后重新开始。</translation>
        </message>
    </context>
    <context>
        <name>ChatActions</name>
        <message>
            <source>&amp;Conversation</source>
            <translation>对话(&amp;C)</translation>
        </message>
        <message>
            <source>&amp;New conversation</source>
            <translation>新对话(&amp;N)</translation>
        </message>
        <message>
            <source>Begin with an empty page; this conversation is kept</source>
            <translation>从空白页开始；此对话会保留</translation>
        </message>
        <message>
            <source>&amp;Find in conversations</source>
            <translation>在对话中查找(&amp;F)</translation>
        </message>
        <message>
            <source>Look for words in everything that was asked and answered</source>
            <translation>在所有问答中查找文字</translation>
        </message>
        <message>
            <source>&amp;Rename…</source>
            <translation>重命名(&amp;R)…</translation>
        </message>
        <message>
            <source>Give this conversation another title</source>
            <translation>给此对话换一个标题</translation>
        </message>
        <message>
            <source>Say the &amp;question</source>
            <translation>说出问题(&amp;Q)</translation>
        </message>
        <message>
            <source>Hear a question through the microphone; press again to ask it</source>
            <translation>通过麦克风听取问题；再按一次即提问</translation>
        </message>
        <message>
            <source>&amp;Stop the answer</source>
            <translation>停止回答(&amp;S)</translation>
        </message>
        <message>
            <source>End the answer now; what is written stays</source>
            <translation>立即结束回答；已写的内容保留</translation>
        </message>
        <message>
            <source>&amp;Go on</source>
            <translation>继续(&amp;G)</translation>
        </message>
        <message>
            <source>Go on with an answer that was stopped or cut off</source>
            <translation>继续被停止或中断的回答</translation>
        </message>
        <message>
            <source>Answer &amp;again</source>
            <translation>重新回答(&amp;A)</translation>
        </message>
        <message>
            <source>Write another answer; this one stays beside it</source>
            <translation>再写一个回答；此回答保留在旁边</translation>
        </message>
        <message>
            <source>&amp;Edit the question</source>
            <translation>修改问题(&amp;E)</translation>
        </message>
        <message>
            <source>Ask differently from here on; what followed stays on its branch</source>
            <translation>从这里换一种问法；之后的内容保留在原分支上</translation>
        </message>
        <message>
            <source>&amp;Previous version</source>
            <translation>上一个版本(&amp;P)</translation>
        </message>
        <message>
            <source>Show the version before this one, with what followed it</source>
            <translation>显示前一个版本及其后续内容</translation>
        </message>
        <message>
            <source>Next &amp;version</source>
            <translation>下一个版本(&amp;V)</translation>
        </message>
        <message>
            <source>Show the version behind this one, with what followed it</source>
            <translation>显示后一个版本及其后续内容</translation>
        </message>
        <message>
            <source>&amp;Copy message</source>
            <translation>复制消息(&amp;C)</translation>
        </message>
        <message>
            <source>Copy the marked words, or the whole message as it was written</source>
            <translation>复制选中的文字，或按原文复制整条消息</translation>
        </message>
        <message>
            <source>Copy c&amp;ode</source>
            <translation>复制代码(&amp;O)</translation>
        </message>
        <message>
            <source>Copy the last block of code of this message</source>
            <translation>复制此消息的最后一段代码</translation>
        </message>
        <message>
            <source>How to ans&amp;wer…</source>
            <translation>如何回答(&amp;W)…</translation>
        </message>
        <message>
            <source>An instruction for the model, and how lively it answers</source>
            <translation>给模型的指示，以及回答的活泼程度</translation>
        </message>
        <message>
            <source>Save as &amp;Markdown…</source>
            <translation>另存为 &amp;Markdown…</translation>
        </message>
        <message>
            <source>Save this branch as a text to be read</source>
            <translation>将此分支保存为可阅读的文本</translation>
        </message>
        <message>
            <source>Save as &amp;JSON…</source>
            <translation>另存为 &amp;JSON…</translation>
        </message>
        <message>
            <source>Save every branch for other programs</source>
            <translation>为其他程序保存所有分支</translation>
        </message>
        <message>
            <source>&amp;Delete this conversation…</source>
            <translation>删除此对话(&amp;D)…</translation>
        </message>
        <message>
            <source>Delete it for good; nothing of it stays on this computer</source>
            <translation>彻底删除；这台电脑上不留任何内容</translation>
        </message>
        <message>
            <source>&amp;Keep pictures and sound</source>
            <translation>保留图片和声音(&amp;K)</translation>
        </message>
        <message>
            <source>Store what went with this question, until its conversation is deleted</source>
            <translation>保存随此问题附上的内容，直到该对话被删除</translation>
        </message>
    </context>
    <context>
        <name>Commands</name>
        <message>
            <source>Empty the window?</source>
            <translation>清空窗口？</translation>
        </message>
        <message>
            <source>This transcript is kept nowhere else. This cannot be undone.</source>
            <translation>这份记录没有保存在其他任何地方。此操作无法撤销。</translation>
        </message>
        <message>
            <source>Save the transcript</source>
            <translation>保存记录</translation>
        </message>
        <message>
            <source>Text (*.txt)</source>
            <translation>文本 (*.txt)</translation>
        </message>
        <message>
            <source>SubRip subtitles (*.srt)</source>
            <translation>SubRip 字幕 (*.srt)</translation>
        </message>
        <message>
            <source>WebVTT subtitles (*.vtt)</source>
            <translation>WebVTT 字幕 (*.vtt)</translation>
        </message>
        <message>
            <source>Text in both languages (*.txt)</source>
            <translation>双语文本 (*.txt)</translation>
        </message>
        <message>
            <source>SubRip subtitles in both languages (*.srt)</source>
            <translation>双语 SubRip 字幕 (*.srt)</translation>
        </message>
        <message>
            <source>WebVTT subtitles in both languages (*.vtt)</source>
            <translation>双语 WebVTT 字幕 (*.vtt)</translation>
        </message>
        <message>
            <source>The translation as text (*.txt)</source>
            <translation>译文文本 (*.txt)</translation>
        </message>
        <message>
            <source>The translation as SubRip subtitles (*.srt)</source>
            <translation>译文 SubRip 字幕 (*.srt)</translation>
        </message>
        <message>
            <source>The translation as WebVTT subtitles (*.vtt)</source>
            <translation>译文 WebVTT 字幕 (*.vtt)</translation>
        </message>
        <message>
            <source>The transcript cannot be saved as {file} ({reason}). Choose another folder or make room; it is still in the window.</source>
            <translation>无法将记录保存为 {file}（{reason}）。请选择其他文件夹或腾出空间；内容仍在窗口中。</translation>
        </message>
        <message>
            <source>Saved as {file}.</source>
            <translation>已保存为 {file}。</translation>
        </message>
        <message>
            <source>Stop listening first; then an earlier transcript can be shown.</source>
            <translation>请先停止聆听，然后才能显示以前的记录。</translation>
        </message>
        <message>
            <source>Open a model folder</source>
            <translation>打开模型文件夹</translation>
        </message>
        <message>
            <source>Stop listening first; then everything can be deleted.</source>
            <translation>请先停止聆听，然后才能全部删除。</translation>
        </message>
        <message>
            <source>Not everything could be deleted ({reason}); look at {folder}.</source>
            <translation>未能全部删除（{reason}）；请查看 {folder}。</translation>
        </message>
        <message>
            <source>Everything is deleted.</source>
            <translation>已全部删除。</translation>
        </message>
        <message>
            <source>[{seconds} s of sound missing]</source>
            <translation>[缺少 {seconds} 秒声音]</translation>
        </message>
    </context>
    <context>
        <name>Composer</name>
        <message>
            <source>Hearing your question · {seconds:.0f} s; let go to ask</source>
            <translation>正在听您的问题 · {seconds:.0f} 秒；松开即提问</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>停止</translation>
        </message>
        <message>
            <source>Ask anew</source>
            <translation>重新提问</translation>
        </message>
        <message>
            <source>Ask</source>
            <translation>提问</translation>
        </message>
        <message>
            <source>Question</source>
            <translation>问题</translation>
        </message>
        <message>
            <source>Ask something</source>
            <translation>问点什么</translation>
        </message>
        <message>
            <source>◉ The picture that is seen when you ask goes along</source>
            <translation>◉ 提问时看到的画面会一起发送</translation>
        </message>
        <message>
            <source>Say the question: hold, or press and press again</source>
            <translation>说出问题：按住，或按一次再按一次</translation>
        </message>
        <message>
            <source>Hold and say your question; let go to ask it</source>
            <translation>按住并说出问题；松开即提问</translation>
        </message>
        <message>
            <source>How to answer</source>
            <translation>如何回答</translation>
        </message>
    </context>
    <context>
        <name>ConnectionsPage</name>
        <message>
            <source>Only when you ask for it</source>
            <translation>只在您要求时</translation>
        </message>
        <message>
            <source>Models: when you press Download or Continue on the page of models, until the model has arrived or you press Pause. To huggingface.co, or the server that you name instead, and to the hosts that it sends the download on to. Sent: the name of the model, the names and versions of the download’s libraries, and, if the server wants to know who asks, your token; the token goes to that server alone. Proxies of this computer’s settings are used.</source>
            <translation>模型：当您在模型页面按下“下载”或“继续”时，直到模型下载完成或您按下“暂停”为止。连接到 huggingface.co 或您指定的其他服务器，以及它把下载转交给的主机。发送的内容：模型名称、下载所用程序库的名称和版本；如果服务器要求说明身份，还有您的令牌，且令牌只发给该服务器。会使用本机设置中的代理。</translation>
        </message>
        <message>
            <source>A network camera: while you look at one, to the address that you gave. Its pictures are not sent anywhere.</source>
            <translation>网络摄像头：在您观看期间，连接到您给出的地址。它的画面不会发送到任何地方。</translation>
        </message>
        <message>
            <source>Pages: a button or a link that names a page opens it in your browser, which makes connections of its own.</source>
            <translation>网页：指向网页的按钮或链接会在您的浏览器中打开，浏览器会自行建立连接。</translation>
        </message>
        <message>
            <source>Set-up: “main.py setup” and “main.py test”, which you type in a shell, fetch packages with pip and apt from the servers that these are set to.</source>
            <translation>安装：您在命令行中输入的“main.py setup”和“main.py test”会用 pip 和 apt 从它们所设置的服务器获取软件包。</translation>
        </message>
        <message>
            <source>Inside this computer, never out of it</source>
            <translation>只在本机内部，绝不外传</translation>
        </message>
        <message>
            <source>The sound server, the screen, the desktop’s portal and its keyring, through local sockets; another start of Nestling, which the first one answers; the processes in which models work and downloads run, through pipes.</source>
            <translation>声音服务器、屏幕、桌面门户及其密钥环，经由本地套接字；再次启动的 Nestling，由先启动的那个应答；模型工作和下载所在的进程，经由管道。</translation>
        </message>
        <message>
            <source>Never</source>
            <translation>从不</translation>
        </message>
        <message>
            <source>Updates, statistics, reports of errors, what you say, write or show: none of it is sent to anybody.</source>
            <translation>更新、统计、错误报告，以及您所说、所写、所展示的内容：都不会发送给任何人。</translation>
        </message>
    </context>
    <context>
        <name>ContextMeter</name>
        <message>
            <source>{used} of {limit} tokens</source>
            <translation>{used} / {limit} 个词元</translation>
        </message>
        <message>
            <source>Context</source>
            <translation>上下文</translation>
        </message>
        <message>
            <source>How much of what the model can bear in mind this conversation takes. When it is full, the oldest messages fall out of the model's sight; they stay in the window.</source>
            <translation>此对话占用了模型能记住的内容的多少。满了以后，模型就看不到最早的消息；它们仍留在窗口中。</translation>
        </message>
    </context>
    <context>
        <name>ConversationBook</name>
        <message>
            <source>Without words</source>
            <translation>没有文字</translation>
        </message>
    </context>
    <context>
        <name>ConversationController</name>
        <message>
            <source>There is nothing to ask yet: write a question.</source>
            <translation>还没有要问的内容：请写下问题。</translation>
        </message>
        <message>
            <source>No model is open. Open a model folder first.</source>
            <translation>没有打开模型。请先打开模型文件夹。</translation>
        </message>
        <message>
            <source>An answer is still being written: stop it, or wait for its end.</source>
            <translation>回答仍在书写：请停止它，或等它结束。</translation>
        </message>
        <message>
            <source>{name} answers questions about pictures only: add a picture, or open the folder of a general Gemma 3n model (E2B or E4B) to ask other things.</source>
            <translation>{name} 只回答有关图片的问题：请添加一张图片；要问其他问题，请打开通用 Gemma 3n 模型（E2B 或 E4B）的文件夹。</translation>
        </message>
        <message>
            <source>{name} was made to listen, not to answer: open the folder of a general Gemma 3n model (E2B or E4B) to ask things.</source>
            <translation>{name} 是为聆听而不是为回答制作的：要提问，请打开通用 Gemma 3n 模型（E2B 或 E4B）的文件夹。</translation>
        </message>
    </context>
    <context>
        <name>ConversationFeature</name>
        <message>
            <source>No sound came from the microphone; ask again.</source>
            <translation>麦克风没有传来声音；请再问一次。</translation>
        </message>
        <message>
            <source>Open this link?</source>
            <translation>打开此链接？</translation>
        </message>
        <message>
            <source>The model wrote it, and it may lead anywhere. It opens in your browser:

{url}</source>
            <translation>链接由模型写出，可能指向任何地方。它将在您的浏览器中打开：

{url}</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <source>Delete this conversation?</source>
            <translation>删除此对话？</translation>
        </message>
        <message>
            <source>“{title}” will be deleted for good, on every branch.</source>
            <translation>“{title}”将被彻底删除，包括所有分支。</translation>
        </message>
        <message>
            <source>Delete</source>
            <translation>删除</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>重试</translation>
        </message>
        <message>
            <source>Nothing is kept while conversations are not; the settings say so.</source>
            <translation>不保留对话时，这些也不会保留；请见设置。</translation>
        </message>
        <message numerus="yes">
            <source>Pictures and sound of %Ln questions were not kept: the model answers without them.</source>
            <translation>
                <numerusform>有 %Ln 个问题的图片和声音未被保留：模型将在没有它们的情况下回答。</numerusform>
            </translation>
        </message>
        <message>
            <source>What you said while the answer was being written was not asked, because you went to another conversation.</source>
            <translation>您在回答生成期间说的话没有被提问，因为您转到了另一个对话。</translation>
        </message>
    </context>
    <context>
        <name>ConversationList</name>
        <message>
            <source>Find</source>
            <translation>查找</translation>
        </message>
        <message>
            <source>Find in conversations</source>
            <translation>在对话中查找</translation>
        </message>
        <message>
            <source>Conversations</source>
            <translation>对话</translation>
        </message>
        <message>
            <source>New conversation</source>
            <translation>新对话</translation>
        </message>
        <message>
            <source>Nothing was found</source>
            <translation>没有找到</translation>
        </message>
    </context>
    <context>
        <name>ConversationView</name>
        <message>
            <source>Messages</source>
            <translation>消息</translation>
        </message>
        <message>
            <source>Nothing has been asked yet</source>
            <translation>还没有提过问题</translation>
        </message>
        <message>
            <source>Write a question below, or hold the microphone and say it.</source>
            <translation>请在下方写下问题，或按住麦克风说出来。</translation>
        </message>
    </context>
    <context>
        <name>CrashLog</name>
        <message>
            <source>Something went wrong inside Nestling ({kind}). Your transcript is kept; if it behaves oddly, start it again. Details: {file}</source>
            <translation>Nestling 内部出错（{kind}）。您的记录已保存；如果程序表现异常，请重新启动。详情：{file}</translation>
        </message>
    </context>
    <context>
        <name>Downloads</name>
        <message>
            <source>The download of {name} waits for a token.</source>
            <translation>{name} 的下载正在等待令牌。</translation>
        </message>
        <message>
            <source>{name} has arrived.</source>
            <translation>{name} 已下载完成。</translation>
        </message>
        <message>
            <source>The download of {name} has stopped.</source>
            <translation>{name} 的下载已中止。</translation>
        </message>
        <message>
            <source>Show the models</source>
            <translation>显示模型</translation>
        </message>
        <message>
            <source>The token for {host} is forgotten.</source>
            <translation>{host} 的令牌已忘记。</translation>
        </message>
        <message>
            <source>No token for {host} was kept.</source>
            <translation>没有保存 {host} 的令牌。</translation>
        </message>
    </context>
    <context>
        <name>EngineBridge</name>
        <message>
            <source>The model did not stop in time and is being started anew</source>
            <translation>模型没有及时停止，正在重新启动</translation>
        </message>
        <message>
            <source>The model could not be started ({})</source>
            <translation>模型无法启动（{}）</translation>
        </message>
        <message>
            <source>The model stopped unexpectedly (exit code {})</source>
            <translation>模型意外停止（退出代码 {}）</translation>
        </message>
        <message>
            <source>The model stopped: memory ran out or it was killed</source>
            <translation>模型已停止：内存不足或被终止</translation>
        </message>
        <message>
            <source>The model crashed ({})</source>
            <translation>模型崩溃（{}）</translation>
        </message>
        <message>
            <source>{}; the model before it is opened again.</source>
            <translation>{}；正在重新打开之前的模型。</translation>
        </message>
        <message>
            <source>{}; open a model to try again.</source>
            <translation>{}；请打开一个模型再试。</translation>
        </message>
        <message>
            <source>{}; it starts again in {} seconds.</source>
            <translation>{}；将在 {} 秒后重新启动。</translation>
        </message>
        <message>
            <source>{}; it starts again.</source>
            <translation>{}；正在重新启动。</translation>
        </message>
        <message>
            <source>The model stopped: its files became shorter, or the disk that holds them failed</source>
            <translation>模型已停止：其文件变短了，或所在磁盘出错</translation>
        </message>
    </context>
    <context>
        <name>FileIntake</name>
        <message>
            <source>One file at a time, since transcripts are not kept: drop the next one when this one is written down.</source>
            <translation>由于不保存文字记录，一次只能处理一个文件：请等这个文件转写完再放入下一个。</translation>
        </message>
        <message>
            <source>{count} files were heard; each has a transcript of its own.</source>
            <translation>已听完 {count} 个文件，每个文件各有一份文字记录。</translation>
        </message>
        <message>
            <source>Earlier transcripts</source>
            <translation>以前的文字记录</translation>
        </message>
        <message>
            <source>These files were not written down: {names}.</source>
            <translation>这些文件没有转写：{names}。</translation>
        </message>
        <message>
            <source>A file can be written down once a model that transcribes is open.</source>
            <translation>打开能够转写语音的模型之后，才能转写文件。</translation>
        </message>
        <message>
            <source>All files (*)</source>
            <translation>所有文件 (*)</translation>
        </message>
        <message>
            <source>Sound files and videos ({patterns})</source>
            <translation>声音文件和视频 ({patterns})</translation>
        </message>
        <message>
            <source>Stop listening first; then a file can be written down.</source>
            <translation>请先停止聆听，然后才能转写文件。</translation>
        </message>
        <message>
            <source>Transcribe a file</source>
            <translation>转写文件</translation>
        </message>
    </context>
    <context>
        <name>Hearing</name>
        <message numerus="yes">
            <source>The transcript of {when} was cut off; its %Ln words are here.</source>
            <translation>
                <numerusform>{when} 的记录曾被中断；其中的 %Ln 个词在这里。</numerusform>
            </translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>重试</translation>
        </message>
    </context>
    <context>
        <name>HistoryDialog</name>
        <message>
            <source>Nothing was found</source>
            <translation>没有找到</translation>
        </message>
        <message>
            <source>Find in earlier transcripts</source>
            <translation>在以前的记录中查找</translation>
        </message>
        <message>
            <source>Find</source>
            <translation>查找</translation>
        </message>
        <message>
            <source>Earlier transcripts</source>
            <translation>以前的记录</translation>
        </message>
        <message>
            <source>There are no earlier transcripts.</source>
            <translation>没有以前的记录。</translation>
        </message>
        <message>
            <source>Show in the window</source>
            <translation>在窗口中显示</translation>
        </message>
        <message>
            <source>Delete</source>
            <translation>删除</translation>
        </message>
        <message numerus="yes">
            <source>%Ln words</source>
            <translation>
                <numerusform>%Ln 个词</numerusform>
            </translation>
        </message>
        <message>
            <source>“{transcript}” will be deleted from this computer.</source>
            <translation>“{transcript}”将从本机删除。</translation>
        </message>
        <message>
            <source>The transcript could not be deleted ({reason}); look at {folder}.</source>
            <translation>未能删除此记录（{reason}）；请查看 {folder}。</translation>
        </message>
        <message>
            <source>Delete the transcript?</source>
            <translation>删除此记录？</translation>
        </message>
    </context>
    <context>
        <name>LanguageBar</name>
        <message>
            <source>&amp;Translate</source>
            <translation>翻译(&amp;T)</translation>
        </message>
        <message>
            <source>Any language</source>
            <translation>任意语言</translation>
        </message>
        <message>
            <source>No translation</source>
            <translation>不翻译</translation>
        </message>
        <message>
            <source>Language that is spoken</source>
            <translation>所说的语言</translation>
        </message>
        <message>
            <source>Language to translate into</source>
            <translation>译成的语言</translation>
        </message>
        <message>
            <source>Each sentence is translated as soon as it is certain.</source>
            <translation>每句话一确定就翻译。</translation>
        </message>
        <message>
            <source>This model does not translate; open a general Gemma 3n model.</source>
            <translation>此模型不翻译；请打开通用的 Gemma 3n 模型。</translation>
        </message>
        <message>
            <source>{name} translates only into {languages}.</source>
            <translation>{name} 只能翻译成{languages}。</translation>
        </message>
    </context>
    <context>
        <name>LevelMeter</name>
        <message>
            <source>Microphone level</source>
            <translation>麦克风音量</translation>
        </message>
        <message>
            <source>No sound</source>
            <translation>没有声音</translation>
        </message>
        <message>
            <source>Very quiet</source>
            <translation>很轻</translation>
        </message>
        <message>
            <source>Good level</source>
            <translation>音量合适</translation>
        </message>
        <message>
            <source>Too loud</source>
            <translation>太响</translation>
        </message>
        <message>
            <source>Microphone level: {level}</source>
            <translation>麦克风音量：{level}</translation>
        </message>
    </context>
    <context>
        <name>ListeningController</name>
        <message>
            <source>No words were heard in {file}; a voice in it may be too quiet.</source>
            <translation>在 {file} 中没有听到任何话；其中的人声可能太轻。</translation>
        </message>
    </context>
    <context>
        <name>ListeningMark</name>
        <message>
            <source>Listening state</source>
            <translation>聆听状态</translation>
        </message>
        <message>
            <source>Listening · waiting for sound</source>
            <translation>正在聆听 · 等待声音</translation>
        </message>
        <message>
            <source>Listening · {time}</source>
            <translation>正在聆听 · {time}</translation>
        </message>
        <message>
            <source>Paused · {time}</source>
            <translation>已暂停 · {time}</translation>
        </message>
        <message>
            <source>Finishing the last words…</source>
            <translation>正在写完最后的话…</translation>
        </message>
        <message>
            <source>Hearing your question</source>
            <translation>正在听您的问题</translation>
        </message>
        <message>
            <source>Not listening</source>
            <translation>未在聆听</translation>
        </message>
        <message>
            <source>Hearing {microphone}</source>
            <translation>正在听 {microphone}</translation>
        </message>
        <message>
            <source>{count} more to come</source>
            <translation>之后还有 {count} 个</translation>
        </message>
        <message>
            <source>{file} · {done}</source>
            <translation>{file} · {done}</translation>
        </message>
        <message>
            <source>{file} · {done} of {whole}</source>
            <translation>{file} · {done}，共 {whole}</translation>
        </message>
    </context>
    <context>
        <name>LookActions</name>
        <message>
            <source>L&amp;ook</source>
            <translation>看(&amp;O)</translation>
        </message>
        <message>
            <source>&amp;Show the camera's place</source>
            <translation>显示摄像头区域(&amp;S)</translation>
        </message>
        <message>
            <source>Show or hide the place for camera and screen; this turns nothing on</source>
            <translation>显示或隐藏摄像头和屏幕的区域；这不会开启任何设备</translation>
        </message>
        <message>
            <source>&amp;Look</source>
            <translation>看(&amp;L)</translation>
        </message>
        <message>
            <source>Turn the chosen camera or screen on or off</source>
            <translation>开启或关闭所选的摄像头或屏幕</translation>
        </message>
        <message>
            <source>Turn it off &amp;now</source>
            <translation>立即关闭(&amp;N)</translation>
        </message>
        <message>
            <source>Camera and screen off at once, wherever you are in the window</source>
            <translation>无论您在窗口何处，立即关闭摄像头和屏幕</translation>
        </message>
        <message>
            <source>&amp;Ask about the picture</source>
            <translation>就画面提问(&amp;A)</translation>
        </message>
        <message>
            <source>Write a question about what is seen now</source>
            <translation>就现在看到的内容写一个问题</translation>
        </message>
        <message>
            <source>&amp;Tell me when…</source>
            <translation>当……时告诉我(&amp;T)…</translation>
        </message>
        <message>
            <source>Say when something happens; asked again only when the scene changes</source>
            <translation>有事发生时告诉您；只在场景变化时才再次询问</translation>
        </message>
        <message>
            <source>Ask the &amp;moment</source>
            <translation>询问此刻(&amp;M)</translation>
        </message>
        <message>
            <source>One question of the last 20 seconds of sound, the picture and the marked text</source>
            <translation>把最近 20 秒的声音、画面和选中的文字合成一个问题</translation>
        </message>
        <message>
            <source>Put this &amp;picture into the question</source>
            <translation>把此画面放入问题(&amp;P)</translation>
        </message>
        <message>
            <source>The picture that is seen now goes with the question you are writing</source>
            <translation>现在看到的画面会随您正在写的问题一起发送</translation>
        </message>
        <message>
            <source>Put a picture &amp;file into the question…</source>
            <translation>把图片文件放入问题(&amp;F)…</translation>
        </message>
        <message>
            <source>Choose pictures; they can also be pasted or dropped into the question</source>
            <translation>选择图片；也可以粘贴或拖入问题中</translation>
        </message>
        <message>
            <source>&amp;Keep this picture…</source>
            <translation>保留此画面(&amp;K)…</translation>
        </message>
        <message>
            <source>Save the picture that is seen now; otherwise none is ever written down</source>
            <translation>保存现在看到的画面；否则从不写入磁盘</translation>
        </message>
        <message>
            <source>M&amp;irror the preview</source>
            <translation>镜像预览(&amp;I)</translation>
        </message>
        <message>
            <source>As in a mirror; what is asked about is never mirrored</source>
            <translation>如同照镜子；用于提问的画面从不镜像</translation>
        </message>
        <message>
            <source>Turn the picture &amp;round</source>
            <translation>旋转画面(&amp;R)</translation>
        </message>
        <message>
            <source>A quarter turn to the right, for a camera that stands on its side</source>
            <translation>向右旋转四分之一圈，用于侧放的摄像头</translation>
        </message>
    </context>
    <context>
        <name>Looking</name>
        <message>
            <source>No camera is connected. Connect one, or choose a screen or an address.</source>
            <translation>没有连接摄像头。请连接一个，或选择屏幕或地址。</translation>
        </message>
        <message>
            <source>SCREEN IN VIEW</source>
            <translation>正在看屏幕</translation>
        </message>
        <message>
            <source>CAMERA ON</source>
            <translation>摄像头已开启</translation>
        </message>
        <message>
            <source>&amp;Off</source>
            <translation>关闭(&amp;O)</translation>
        </message>
        <message>
            <source>&amp;Look</source>
            <translation>看(&amp;L)</translation>
        </message>
        <message>
            <source>Waiting for the first picture…</source>
            <translation>正在等待第一幅画面…</translation>
        </message>
        <message>
            <source>No picture comes; trying again…</source>
            <translation>没有画面；正在重试…</translation>
        </message>
        <message>
            <source>The video is over; this was its last picture.</source>
            <translation>视频已结束；这是最后一幅画面。</translation>
        </message>
        <message>
            <source>The video is over, and the watch for “{what}” ends with it.</source>
            <translation>视频已结束，对“{what}”的观察也随之结束。</translation>
        </message>
        <message>
            <source>No other picture will come from here, so there is nothing to wait for; ask about the one that is there.</source>
            <translation>这里不会再有别的画面，没有什么可等的；请就现有的画面提问。</translation>
        </message>
        <message>
            <source>There is no picture yet to ask about.</source>
            <translation>还没有可以提问的画面。</translation>
        </message>
        <message>
            <source>There is nothing to ask about: neither is anything heard nor looked at, and no text is marked.</source>
            <translation>没有可问的内容：既没有在听，也没有在看，也没有选中文字。</translation>
        </message>
        <message>
            <source>What is this about?</source>
            <translation>这是关于什么的？</translation>
        </message>
        <message>
            <source>{name} cannot see: open the folder of a general Gemma 3n model (E2B or E4B) to ask about pictures.</source>
            <translation>{name} 不能看图：要就图片提问，请打开通用 Gemma 3n 模型（E2B 或 E4B）的文件夹。</translation>
        </message>
        <message>
            <source>Now: {what}</source>
            <translation>现在：{what}</translation>
        </message>
        <message>
            <source>No longer: {what}</source>
            <translation>不再：{what}</translation>
        </message>
        <message>
            <source>No clear answer: {what}</source>
            <translation>没有明确的回答：{what}</translation>
        </message>
        <message>
            <source>VIDEO</source>
            <translation>视频</translation>
        </message>
    </context>
    <context>
        <name>LookingPanel</name>
        <message>
            <source>{seen} frames seen · {skipped} skipped, nothing new · {asked} asked about</source>
            <translation>看到 {seen} 帧 · 无变化跳过 {skipped} 帧 · 询问 {asked} 帧</translation>
        </message>
        <message>
            <source>{late} passed over while answering</source>
            <translation>回答期间略过 {late} 帧</translation>
        </message>
        <message>
            <source>Watch no more</source>
            <translation>停止观察</translation>
        </message>
        <message>
            <source>Tell me when</source>
            <translation>当……时告诉我</translation>
        </message>
        <message>
            <source>What is this? · Someone is at the door</source>
            <translation>这是什么？ · 有人在门口</translation>
        </message>
        <message>
            <source>Question about the picture, or what to tell of</source>
            <translation>关于画面的问题，或要告知的事情</translation>
        </message>
        <message>
            <source>Ask</source>
            <translation>提问</translation>
        </message>
        <message>
            <source>Ask this about the picture that is seen now</source>
            <translation>就现在看到的画面提问</translation>
        </message>
        <message>
            <source>Say when this is so; asked again only when the scene has changed</source>
            <translation>情况如此时告诉您；只在场景变化后才再次询问</translation>
        </message>
        <message>
            <source>What was seen, newest first</source>
            <translation>看到的内容，最新的在前</translation>
        </message>
        <message>
            <source>Press Enter on a line to keep its picture</source>
            <translation>在某一行按回车可保留其画面</translation>
        </message>
    </context>
    <context>
        <name>LiveState</name>
        <message>
            <source>Seeing is being loaded… {percent}</source>
            <translation>正在加载视觉部分… {percent}</translation>
        </message>
        <message>
            <source>Hearing is being loaded… {percent}</source>
            <translation>正在加载听觉部分… {percent}</translation>
        </message>
        <message>
            <source>Nothing is read anew.</source>
            <translation>无需重新读取。</translation>
        </message>
        <message>
            <source>{tokens} tokens are read anew.</source>
            <translation>将重新读取 {tokens} 个词元。</translation>
        </message>
        <message>
            <source>{tokens} tokens are read anew, about {seconds} s.</source>
            <translation>将重新读取 {tokens} 个词元，约 {seconds} 秒。</translation>
        </message>
    </context>
    <context>
        <name>MainWindow</name>
        <message>
            <source>Writing down a file — Nestling</source>
            <translation>正在转写文件 — Nestling</translation>
        </message>
        <message>
            <source>● Listening — Nestling</source>
            <translation>● 正在聆听 — Nestling</translation>
        </message>
        <message>
            <source>Paused — Nestling</source>
            <translation>已暂停 — Nestling</translation>
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
            <translation>复制代码</translation>
        </message>
    </context>
    <context>
        <name>MemoryModel</name>
        <message>
            <source>Text model</source>
            <translation>文本模型</translation>
        </message>
        <message>
            <source>Per-layer embeddings</source>
            <translation>逐层嵌入</translation>
        </message>
        <message>
            <source>Hearing</source>
            <translation>听觉</translation>
        </message>
        <message>
            <source>Seeing</source>
            <translation>视觉</translation>
        </message>
        <message>
            <source>Working memory (KV cache)</source>
            <translation>工作内存（KV 缓存）</translation>
        </message>
        <message>
            <source>The program itself</source>
            <translation>程序本身</translation>
        </message>
        <message>
            <source>{part}, {percent} loaded</source>
            <translation>{part}，已加载 {percent}</translation>
        </message>
        <message>
            <source>{part}: {private} own memory, {mapped} read from files</source>
            <translation>{part}：自有内存 {private}，从文件读取 {mapped}</translation>
        </message>
        <message>
            <source>Starter ears</source>
            <translation>入门听写</translation>
        </message>
    </context>
    <context>
        <name>MemoryPanel</name>
        <message>
            <source>Memory</source>
            <translation>内存</translation>
        </message>
        <message>
            <source>Memory of each part</source>
            <translation>各部分的内存</translation>
        </message>
        <message>
            <source>Filled: memory of its own. Outlined: pages of files, which the system may drop.</source>
            <translation>实心：自有内存。空心：文件页，系统可以收回。</translation>
        </message>
    </context>
    <context>
        <name>Menus</name>
        <message>
            <source>&amp;File</source>
            <translation>文件(&amp;F)</translation>
        </message>
        <message>
            <source>More menus</source>
            <translation>更多菜单</translation>
        </message>
        <message>
            <source>Save &amp;transcript</source>
            <translation>保存记录(&amp;T)</translation>
        </message>
        <message>
            <source>&amp;Edit</source>
            <translation>编辑(&amp;E)</translation>
        </message>
        <message>
            <source>&amp;Listen</source>
            <translation>聆听(&amp;L)</translation>
        </message>
        <message>
            <source>&amp;View</source>
            <translation>视图(&amp;V)</translation>
        </message>
        <message>
            <source>&amp;Colours</source>
            <translation>颜色(&amp;C)</translation>
        </message>
        <message>
            <source>&amp;Help</source>
            <translation>帮助(&amp;H)</translation>
        </message>
    </context>
    <context>
        <name>MessageDelegate</name>
        <message>
            <source>You</source>
            <translation>您</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>Reading the question…</source>
            <translation>正在读取问题…</translation>
        </message>
        <message>
            <source>Stopped</source>
            <translation>已停止</translation>
        </message>
        <message>
            <source>Ended at the longest answer allowed</source>
            <translation>已达到允许的最大回答长度</translation>
        </message>
        <message>
            <source>Ended because the context is full</source>
            <translation>上下文已满，回答到此为止</translation>
        </message>
        <message>
            <source>Cut off</source>
            <translation>被中断</translation>
        </message>
        <message>
            <source>{seconds} s of sound</source>
            <translation>{seconds} 秒声音</translation>
        </message>
        <message>
            <source>its pictures and sound are not kept</source>
            <translation>其中的图片和声音没有保存</translation>
        </message>
        <message>
            <source>its pictures and sound are kept</source>
            <translation>其图片和声音已保留</translation>
        </message>
    </context>
    <context>
        <name>MessageLayouts</name>
        <message>
            <source>The model no longer sees what is above</source>
            <translation>模型已看不到以上内容</translation>
        </message>
        <message>
            <source>… show all {count} letters</source>
            <translation>… 显示全部 {count} 个字符</translation>
        </message>
    </context>
    <context>
        <name>MessageList</name>
        <message>
            <source>Jump to latest</source>
            <translation>跳到最新</translation>
        </message>
    </context>
    <context>
        <name>MessageModel</name>
        <message>
            <source>You: {text}</source>
            <translation>您：{text}</translation>
        </message>
        <message>
            <source>Answer: {text}</source>
            <translation>回答：{text}</translation>
        </message>
        <message>
            <source>(version {number} of {count})</source>
            <translation>（第 {number} 版，共 {count} 版）</translation>
        </message>
        <message numerus="yes">
            <source>(with %Ln pictures)</source>
            <translation>
                <numerusform>（含 %Ln 张图片）</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>MicrophonePicker</name>
        <message>
            <source>Microphone</source>
            <translation>麦克风</translation>
        </message>
        <message>
            <source>System's choice ({name})</source>
            <translation>系统选择（{name}）</translation>
        </message>
        <message>
            <source>System's choice</source>
            <translation>系统选择</translation>
        </message>
        <message>
            <source>System's choice (no microphone found)</source>
            <translation>系统选择（未找到麦克风）</translation>
        </message>
        <message>
            <source>What the computer plays ({name})</source>
            <translation>电脑播放的声音（{name}）</translation>
        </message>
        <message>
            <source>{name} (what the computer plays)</source>
            <translation>{name}（电脑播放的声音）</translation>
        </message>
        <message>
            <source>{name} (heard now)</source>
            <translation>{name}（正在听）</translation>
        </message>
        <message>
            <source>{name} (not connected)</source>
            <translation>{name}（未连接）</translation>
        </message>
    </context>
    <context>
        <name>ModelCard</name>
        <message>
            <source>in use</source>
            <translation>正在使用</translation>
        </message>
        <message>
            <source>on this computer</source>
            <translation>已在本机</translation>
        </message>
        <message>
            <source>Progress of {name}</source>
            <translation>{name} 的进度</translation>
        </message>
        <message>
            <source>Continue</source>
            <translation>继续</translation>
        </message>
        <message>
            <source>Download</source>
            <translation>下载</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>暂停</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Cancel…</source>
            <translation>取消…</translation>
        </message>
        <message>
            <source>Delete…</source>
            <translation>删除…</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <source>Its page and terms</source>
            <translation>其页面与条款</translation>
        </message>
        <message>
            <source>Make a token</source>
            <translation>创建令牌</translation>
        </message>
        <message>
            <source>Go on</source>
            <translation>继续</translation>
        </message>
        <message>
            <source>Token: hf_…</source>
            <translation>令牌：hf_…</translation>
        </message>
        <message>
            <source>Token</source>
            <translation>令牌</translation>
        </message>
        <message>
            <source>{size} on the disk</source>
            <translation>占用磁盘 {size}</translation>
        </message>
        <message>
            <source>{memory} of memory to read and write ({published} with weights as published), {senses} more to hear and see</source>
            <translation>读写文字需要 {memory} 内存（使用原始发布的权重时为 {published}），听与看另需 {senses}</translation>
        </message>
        <message>
            <source>; </source>
            <translation>；</translation>
        </message>
        <message>
            <source>The disk has only {free} free.</source>
            <translation>磁盘只剩 {free} 可用。</translation>
        </message>
        <message>
            <source>This computer has {memory} of memory: it would be very slow.</source>
            <translation>本机只有 {memory} 内存：会非常慢。</translation>
        </message>
        <message>
            <source>{here} of {total}</source>
            <translation>{here} / {total}</translation>
        </message>
        <message>
            <source>Asking {host}…</source>
            <translation>正在询问 {host}…</translation>
        </message>
        <message>
            <source>Checking what has arrived before…</source>
            <translation>正在检查之前已下载的部分…</translation>
        </message>
        <message>
            <source>{rate} a second</source>
            <translation>每秒 {rate}</translation>
        </message>
        <message>
            <source>{why} It goes on by itself in {seconds} s.</source>
            <translation>{why}{seconds} 秒后自动继续。</translation>
        </message>
        <message>
            <source>Stopping…</source>
            <translation>正在停止…</translation>
        </message>
        <message>
            <source>Deleting…</source>
            <translation>正在删除…</translation>
        </message>
        <message>
            <source>Paused: {so_far} are here.</source>
            <translation>已暂停：已有 {so_far}。</translation>
        </message>
        <message>
            <source>{here} of a removed model are left.</source>
            <translation>已删除的模型还留有 {here}。</translation>
        </message>
        <message>
            <source>There is no connection, or it broke off.</source>
            <translation>没有连接，或连接中断了。</translation>
        </message>
        <message>
            <source>Nothing arrives any more.</source>
            <translation>不再有数据到达。</translation>
        </message>
        <message>
            <source>The server asks for patience.</source>
            <translation>服务器要求稍候。</translation>
        </message>
        <message>
            <source>The server has a fault.</source>
            <translation>服务器出现故障。</translation>
        </message>
        <message>
            <source>The proxy of this computer’s settings does not let it through.</source>
            <translation>本机设置的代理不予放行。</translation>
        </message>
        <message>
            <source>{host} does not accept this token. Make a new one (kind: read) and paste it here.</source>
            <translation>{host} 不接受此令牌。请新建一个（类型：read）并粘贴到这里。</translation>
        </message>
        <message>
            <source>{host} gives this model only to people who accepted its terms and say who they are. Open its page, log in and accept the terms; then make a token (kind: read) and paste it here. It is kept in the system’s keyring and sent to {host} alone.</source>
            <translation>{host} 只把此模型提供给已接受其条款并说明身份的人。请打开其页面，登录并接受条款；然后创建令牌（类型：read）并粘贴到这里。令牌保存在系统密钥环中，只发送给 {host}。</translation>
        </message>
        <message>
            <source>The terms of this model must be accepted first: open its page, log in, accept them, then continue. A fine-grained token must also allow reading public gated repositories.</source>
            <translation>必须先接受此模型的条款：打开其页面，登录，接受条款，然后继续。细粒度令牌还必须允许读取公开的受限仓库。</translation>
        </message>
        <message>
            <source>{host} cannot be reached or does not do its part. Check the connection, then continue; what has arrived is kept.</source>
            <translation>无法连接 {host}，或它未正常工作。请检查网络连接，然后继续；已下载的部分会保留。</translation>
        </message>
        <message>
            <source>The disk is full or cannot be written. Make room or choose another folder, then continue; what has arrived is kept.</source>
            <translation>磁盘已满或无法写入。请腾出空间或选择其他文件夹，然后继续；已下载的部分会保留。</translation>
        </message>
        <message>
            <source>What {host} sends is not what it announced. Try another network or server, then continue.</source>
            <translation>{host} 发送的内容与其公布的不符。请换一个网络或服务器，然后继续。</translation>
        </message>
        <message>
            <source>This is not a model that Nestling can use.</source>
            <translation>这不是 Nestling 能使用的模型。</translation>
        </message>
        <message>
            <source>That did not work.</source>
            <translation>未能完成。</translation>
        </message>
        <message>
            <source>{memory} of memory to read and write, {senses} more to hear and see</source>
            <translation>读写文字需要 {memory} 内存，听与看另需 {senses}</translation>
        </message>
    </context>
    <context>
        <name>ModelKeeper</name>
        <message>
            <source>The name of this model’s folder is no text that can be kept: rename it, or open it again after the next start.</source>
            <translation>此模型文件夹的名称不是可以保存的文字：请重命名，或在下次启动后重新打开。</translation>
        </message>
        <message>
            <source>{name} was not made to transcribe speech; open another model to listen.</source>
            <translation>{name} 不是为语音转写制作的；要聆听，请打开其他模型。</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>重试</translation>
        </message>
    </context>
    <context>
        <name>ModelsDialog</name>
        <message>
            <source>Models</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>Models do all their work on this computer. Nothing is downloaded before you press a button here; a download goes on when this page is closed, and after an interruption it continues where it was.</source>
            <translation>模型的全部工作都在本机完成。在您按下这里的按钮之前不会下载任何东西；关闭此页面后下载会继续进行，中断之后会从原处接着下载。</translation>
        </message>
        <message>
            <source>A model that is on this computer already, downloaded or copied by yourself, or the small one that comes with Nestling:</source>
            <translation>已在本机的模型（自行下载或复制的），或随 Nestling 附带的小模型：</translation>
        </message>
        <message>
            <source>Open a model folder…</source>
            <translation>打开模型文件夹…</translation>
        </message>
        <message>
            <source>Use the demonstration model</source>
            <translation>使用演示模型</translation>
        </message>
        <message>
            <source>Another one: owner/name</source>
            <translation>其他模型：所有者/名称</translation>
        </message>
        <message>
            <source>Another repository of Gemma 3n weights</source>
            <translation>另一个 Gemma 3n 权重仓库</translation>
        </message>
        <message>
            <source>Download</source>
            <translation>下载</translation>
        </message>
        <message>
            <source>Download this repository</source>
            <translation>下载此仓库</translation>
        </message>
        <message>
            <source>Kept in</source>
            <translation>保存位置</translation>
        </message>
        <message>
            <source>Change…</source>
            <translation>更改…</translation>
        </message>
        <message>
            <source>Change the folder of models</source>
            <translation>更改模型文件夹</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Server of models, or a mirror</source>
            <translation>模型服务器或镜像</translation>
        </message>
        <message>
            <source>Forget the token</source>
            <translation>忘记令牌</translation>
        </message>
        <message>
            <source>All connections…</source>
            <translation>所有网络连接…</translation>
        </message>
        <message>
            <source>{free} free</source>
            <translation>{free} 可用</translation>
        </message>
        <message>
            <source>{name} will be deleted from this computer.</source>
            <translation>{name} 将从本机删除。</translation>
        </message>
        <message>
            <source>The download of {name} ends, and what has arrived is deleted.</source>
            <translation>{name} 的下载将结束，已下载的部分会被删除。</translation>
        </message>
        <message>
            <source>That frees {size}.</source>
            <translation>这会释放 {size}。</translation>
        </message>
        <message>
            <source>Delete the model?</source>
            <translation>删除此模型？</translation>
        </message>
        <message>
            <source>Keep models in</source>
            <translation>模型保存位置</translation>
        </message>
    </context>
    <context>
        <name>Pages</name>
        <message>
            <source>Pages</source>
            <translation>页面</translation>
        </message>
    </context>
    <context>
        <name>PictureIntake</name>
        <message>
            <source>Choose pictures</source>
            <translation>选择图片</translation>
        </message>
        <message>
            <source>Pictures ({patterns})</source>
            <translation>图片 ({patterns})</translation>
        </message>
        <message>
            <source>All files (*)</source>
            <translation>所有文件 (*)</translation>
        </message>
        <message>
            <source>The picture is too large for the memory. Make it smaller first.</source>
            <translation>图片太大，内存放不下。请先缩小它。</translation>
        </message>
        <message>
            <source>These files cannot be read as pictures: {names}.</source>
            <translation>这些文件不能作为图片读取：{names}。</translation>
        </message>
    </context>
    <context>
        <name>PictureKeeping</name>
        <message>
            <source>Keep the picture</source>
            <translation>保留画面</translation>
        </message>
        <message>
            <source>PNG picture (*.png)</source>
            <translation>PNG 图片 (*.png)</translation>
        </message>
        <message>
            <source>JPEG picture (*.jpg)</source>
            <translation>JPEG 图片 (*.jpg)</translation>
        </message>
        <message>
            <source>The picture cannot be saved as {file} ({reason}). Choose another folder or make room.</source>
            <translation>无法将画面保存为 {file}（{reason}）。请选择其他文件夹或腾出空间。</translation>
        </message>
        <message>
            <source>Saved as {file}.</source>
            <translation>已保存为 {file}。</translation>
        </message>
    </context>
    <context>
        <name>PictureStrip</name>
        <message>
            <source>Picture; press to take it away</source>
            <translation>图片；按下即移除</translation>
        </message>
        <message>
            <source>Take this picture away</source>
            <translation>移除此图片</translation>
        </message>
    </context>
    <context>
        <name>PrivacyPage</name>
        <message>
            <source>Show the folder</source>
            <translation>显示文件夹</translation>
        </message>
        <message>
            <source>Delete everything…</source>
            <translation>全部删除…</translation>
        </message>
        <message>
            <source>What lies on this computer</source>
            <translation>这台电脑上保存的内容</translation>
        </message>
        <message>
            <source>Transcripts: {count} in {folder}</source>
            <translation>记录：{count} 份，位于 {folder}</translation>
        </message>
        <message>
            <source>Conversations, their text, and the pictures and sound that you asked to keep: {file}</source>
            <translation>对话：文字，以及您要求保留的图片和声音：{file}</translation>
        </message>
        <message>
            <source>Settings: {file}</source>
            <translation>设置：{file}</translation>
        </message>
        <message>
            <source>Errors of the program, without your words: {file}</source>
            <translation>程序错误（不含您的话）：{file}</translation>
        </message>
        <message>
            <source>Other sound and other pictures are never written to disk.</source>
            <translation>其他声音和图片从不写入磁盘。</translation>
        </message>
        <message>
            <source>How fast the sizes of models are here: {file}</source>
            <translation>各模型规格在本机的速度：{file}</translation>
        </message>
        <message>
            <source>Downloaded models, which stay: {folder}</source>
            <translation>已下载的模型（会保留）：{folder}</translation>
        </message>
        <message>
            <source>Network connections</source>
            <translation>网络连接</translation>
        </message>
        <message>
            <source>Delete everything?</source>
            <translation>全部删除？</translation>
        </message>
        <message>
            <source>All transcripts, all conversations, all settings and the error log of Nestling will be deleted, also what is in the window now. This cannot be undone.</source>
            <translation>Nestling 的所有记录、所有对话、所有设置和错误日志都将被删除，包括窗口中现有的内容。此操作无法撤销。</translation>
        </message>
        <message>
            <source>None by itself, neither for speech nor for updates: only to download a model when you ask for it, and to a network camera, if you give the address of one. The page “Connections” lists all of them.</source>
            <translation>不会自行建立任何连接，无论是为语音还是为更新：只在您要求下载模型时，以及在您给出网络摄像头地址时才会连接。“网络连接”页面列出了全部连接。</translation>
        </message>
    </context>
    <context>
        <name>RegionPicker</name>
        <message>
            <source>Choose a part of the screen</source>
            <translation>选择屏幕的一部分</translation>
        </message>
        <message>
            <source>Draw a rectangle, or move it with the arrows. Enter takes it, Escape not.</source>
            <translation>画一个矩形，或用方向键移动它。回车确定，Esc 取消。</translation>
        </message>
    </context>
    <context>
        <name>Sentences</name>
        <message>
            <source>This answer fills the context by itself; ask for a shorter one, or begin a new conversation.</source>
            <translation>仅此回答就占满了上下文；请要求更短的回答，或开始新对话。</translation>
        </message>
        <message>
            <source>Open model folder…</source>
            <translation>打开模型文件夹…</translation>
        </message>
        <message>
            <source>There is no model to ask: open the folder of a Gemma 3n model.</source>
            <translation>没有可提问的模型：请打开 Gemma 3n 模型的文件夹。</translation>
        </message>
        <message>
            <source>Go on</source>
            <translation>继续</translation>
        </message>
        <message numerus="yes">
            <source>The context is full: the model does not see the %Ln oldest messages any more.</source>
            <translation>
                <numerusform>上下文已满：模型看不到最早的 %Ln 条消息了。</numerusform>
            </translation>
        </message>
        <message>
            <source>You stopped this answer.</source>
            <translation>您停止了此回答。</translation>
        </message>
        <message>
            <source>The answer ended at the longest length allowed.</source>
            <translation>回答达到了允许的最大长度。</translation>
        </message>
        <message>
            <source>The context is full; to go on, the oldest messages fall out of the model's sight.</source>
            <translation>上下文已满；若要继续，模型将看不到最早的消息。</translation>
        </message>
        <message>
            <source>The answer was cut off; what was written is kept.</source>
            <translation>回答被中断；已写的内容保留。</translation>
        </message>
        <message>
            <source>This question is longer than the model holds: shorten it.</source>
            <translation>这个问题比模型能容纳的还长：请缩短它。</translation>
        </message>
        <message>
            <source>The answer was cut off before its first word.</source>
            <translation>回答在写出第一个字之前就中断了。</translation>
        </message>
    </context>
    <context>
        <name>Settings</name>
        <message>
            <source>Show words before they are confirmed</source>
            <translation>显示尚未确认的词</translation>
        </message>
        <message>
            <source>The newest words may still change; they stand in italics with dots below. Off: only words that stay are shown, about a second later.</source>
            <translation>最新的词可能还会改变；它们以斜体显示，下方带点。关闭后：只显示不再改变的词，大约晚一秒。</translation>
        </message>
        <message>
            <source>Translate from the sound</source>
            <translation>直接从声音翻译</translation>
        </message>
        <message>
            <source>The model hears each sentence again while it translates it, which is slower. Off: it translates the words that it has written.</source>
            <translation>模型翻译时会再听一遍每句话，速度较慢。关闭后：翻译它写下的文字。</translation>
        </message>
        <message>
            <source>Languages in the captions</source>
            <translation>字幕中的语言</translation>
        </message>
        <message>
            <source>What is said, and the translation</source>
            <translation>原文和译文</translation>
        </message>
        <message>
            <source>What is said</source>
            <translation>原文</translation>
        </message>
        <message>
            <source>The translation</source>
            <translation>译文</translation>
        </message>
        <message>
            <source>Lines of each language</source>
            <translation>每种语言的行数</translation>
        </message>
        <message>
            <source>Text size of the captions</source>
            <translation>字幕文字大小</translation>
        </message>
        <message>
            <source> pt</source>
            <translation> 磅</translation>
        </message>
        <message>
            <source>Width, of the screen</source>
            <translation>宽度（占屏幕）</translation>
        </message>
        <message>
            <source> %</source>
            <translation> %</translation>
        </message>
        <message>
            <source>Background of the captions</source>
            <translation>字幕背景</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>深色</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>浅色</translation>
        </message>
        <message>
            <source>How much the background covers</source>
            <translation>背景不透明度</translation>
        </message>
        <message>
            <source>0 %: letters with an outline, and nothing behind.</source>
            <translation>0 %：文字带轮廓，后面没有背景。</translation>
        </message>
        <message>
            <source>Clicks go through the captions</source>
            <translation>鼠标点击穿透字幕</translation>
        </message>
        <message>
            <source>What lies behind them can be used as if they were not there; to move them, switch this off.</source>
            <translation>可以像字幕不存在一样使用它后面的内容；要移动字幕，请关闭此项。</translation>
        </message>
        <message>
            <source>Free the memory of hearing and seeing after</source>
            <translation>多久之后释放听觉和视觉部分的内存</translation>
        </message>
        <message>
            <source>So long after they were last used; they come back by themselves when they are needed. 0 seconds: they stay until you free them.</source>
            <translation>从最后一次使用算起；需要时会自动重新加载。0 秒：一直保留，直到您手动释放。</translation>
        </message>
        <message>
            <source> s</source>
            <translation> 秒</translation>
        </message>
        <message>
            <source>Colours</source>
            <translation>颜色</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>跟随系统</translation>
        </message>
        <message>
            <source>Language of the window</source>
            <translation>窗口语言</translation>
        </message>
        <message>
            <source>Text size of the transcript</source>
            <translation>记录的文字大小</translation>
        </message>
        <message>
            <source>Size of everything else</source>
            <translation>其他内容的大小</translation>
        </message>
        <message>
            <source>Show times beside the transcript</source>
            <translation>在记录旁显示时间</translation>
        </message>
        <message>
            <source>Enter asks the question</source>
            <translation>按回车键提问</translation>
        </message>
        <message>
            <source>Shift+Enter begins a new line. Off: Enter begins a new line, and Ctrl+Enter asks.</source>
            <translation>Shift+回车另起一行。关闭：回车另起一行，Ctrl+回车提问。</translation>
        </message>
        <message>
            <source>Keep transcripts on this computer</source>
            <translation>在这台电脑上保存记录</translation>
        </message>
        <message>
            <source>Each confirmed word is written down at once, so that a crash loses nothing. Off: the words are gone when the window closes.</source>
            <translation>每个确认的词都立即写入，崩溃也不会丢失。关闭后：窗口关闭时文字即消失。</translation>
        </message>
        <message>
            <source>Delete transcripts after</source>
            <translation>多久后删除记录</translation>
        </message>
        <message>
            <source>0 days: they are kept until you delete them.</source>
            <translation>0 天：一直保存到您删除为止。</translation>
        </message>
        <message>
            <source> days</source>
            <translation> 天</translation>
        </message>
        <message>
            <source>Keep conversations on this computer</source>
            <translation>在这台电脑上保留对话</translation>
        </message>
        <message>
            <source>How closely pictures are looked at</source>
            <translation>看图的精细程度</translation>
        </message>
        <message>
            <source>As closely as two seconds allow, or always quickly (256 points a side) or finely (768). Small writing needs the fine way.</source>
            <translation>在两秒允许的范围内尽量精细，或始终快速（每边 256 点）或精细（768 点）。小字需要精细方式。</translation>
        </message>
        <message>
            <source>Quickly</source>
            <translation>快速</translation>
        </message>
        <message>
            <source>As time allows</source>
            <translation>视时间而定</translation>
        </message>
        <message>
            <source>Finely</source>
            <translation>精细</translation>
        </message>
        <message>
            <source>Look at wide pictures in parts, too</source>
            <translation>宽幅图片还要分块查看</translation>
        </message>
        <message>
            <source>For fine print on wide or upright pictures; each part takes as long as a picture.</source>
            <translation>用于宽幅或竖幅图片上的小字；每一块都要花一张图片的时间。</translation>
        </message>
        <message>
            <source>“Tell me when” asks again when</source>
            <translation>“当……时告诉我”再次询问的条件</translation>
        </message>
        <message>
            <source>much has changed</source>
            <translation>变化很大</translation>
        </message>
        <message>
            <source>something has changed</source>
            <translation>有些变化</translation>
        </message>
        <message>
            <source>very little has changed</source>
            <translation>变化很小</translation>
        </message>
        <message>
            <source>Starter ears for English</source>
            <translation>英语入门听写</translation>
        </message>
        <message>
            <source>While the demonstration model is open, a small recogniser of people’s English (Moonshine tiny) writes down what is said. Off: the demonstration model hears for itself. From the next start of listening or question on.</source>
            <translation>打开演示模型时，由一个识别真人英语的小型识别器（Moonshine tiny）记录所说的话。关闭：演示模型自己听。从下次开始聆听或下一个问题起生效。</translation>
        </message>
        <message>
            <source>Automatic size: tokens a second</source>
            <translation>自动选择规格：每秒词元数</translation>
        </message>
        <message>
            <source>How fast answers shall be at least; a word is a token or two.</source>
            <translation>回答至少要多快；一个词约为一两个词元。</translation>
        </message>
        <message>
            <source>Their text, and pictures and sounds that you keep; others are forgotten when the window closes. Off: all of it is. Takes effect when Nestling is started again.</source>
            <translation>保留文字以及您选择保留的图片和声音；其他的在窗口关闭后即被遗忘。关闭：全部遗忘。下次启动 Nestling 时生效。</translation>
        </message>
        <message>
            <source>How the model’s weights are kept in memory</source>
            <translation>模型权重在内存中的存放方式</translation>
        </message>
        <message>
            <source>In 4 bits they take least and answer fastest, and the model loses a little; in 8 bits it loses next to nothing. By itself: as published where the memory is there, else in 4 bits. Small weights are made once, beside the model.</source>
            <translation>4 位占用最少、回答最快，模型略有损失；8 位几乎没有损失。自动：内存足够时使用原始发布的权重，否则使用 4 位。小权重只制作一次，放在模型旁边。</translation>
        </message>
        <message>
            <source>By itself</source>
            <translation>自动</translation>
        </message>
        <message>
            <source>As published</source>
            <translation>原始发布的权重</translation>
        </message>
        <message>
            <source>In 8 bits</source>
            <translation>8 位</translation>
        </message>
        <message>
            <source>In 4 bits</source>
            <translation>4 位</translation>
        </message>
        <message>
            <source>Hear with weights in 8 bits</source>
            <translation>用 8 位权重聆听</translation>
        </message>
        <message>
            <source>Hearing then takes about half of its memory, 0.8 GB instead of 1.4 GB with Gemma 3n, and is loaded some seconds later.</source>
            <translation>聆听所占内存约减半（Gemma 3n 为 0.8 GB 而非 1.4 GB），加载会慢几秒。</translation>
        </message>
    </context>
    <context>
        <name>SettingsDialog</name>
        <message>
            <source>Settings</source>
            <translation>设置</translation>
        </message>
        <message>
            <source>Pages of the settings</source>
            <translation>设置的页面</translation>
        </message>
        <message>
            <source>Listening</source>
            <translation>聆听</translation>
        </message>
        <message>
            <source>Captions</source>
            <translation>字幕</translation>
        </message>
        <message>
            <source>Looking</source>
            <translation>看</translation>
        </message>
        <message>
            <source>Appearance</source>
            <translation>外观</translation>
        </message>
        <message>
            <source>Privacy</source>
            <translation>隐私</translation>
        </message>
        <message>
            <source>Connections</source>
            <translation>网络连接</translation>
        </message>
    </context>
    <context>
        <name>SingleInstance</name>
        <message>
            <source>Nestling is open already, but its window does not answer. End that program, then start it again.</source>
            <translation>Nestling 已经打开，但其窗口没有响应。请结束该程序，然后重新启动。</translation>
        </message>
    </context>
    <context>
        <name>SaveDialog</name>
        <message>
            <source>Replace the file?</source>
            <translation>要替换该文件吗？</translation>
        </message>
        <message>
            <source>{file} is there already. What is in it will be lost.</source>
            <translation>{file} 已经存在。其中的内容将会丢失。</translation>
        </message>
    </context>
    <context>
        <name>SizePicker</name>
        <message>
            <source>Model &amp;size</source>
            <translation>模型规格(&amp;S)</translation>
        </message>
        <message>
            <source>Model size</source>
            <translation>模型规格</translation>
        </message>
        <message>
            <source>The model is being loaded.</source>
            <translation>正在加载模型。</translation>
        </message>
        <message>
            <source>No model.</source>
            <translation>没有模型。</translation>
        </message>
        <message>
            <source>{layers} layers, {params} parameters at work.</source>
            <translation>{layers} 层，{params} 个参数在工作。</translation>
        </message>
        <message>
            <source>This model comes in one size, so there is nothing to choose.</source>
            <translation>此模型只有一种规格，无需选择。</translation>
        </message>
        <message>
            <source>The largest size: the best words, the most work.</source>
            <translation>最大规格：文字最准，工作量最大。</translation>
        </message>
        <message>
            <source>About {percent} % of the largest size's work.</source>
            <translation>约为最大规格工作量的 {percent} %。</translation>
        </message>
        <message>
            <source>Score {score}.</source>
            <translation>得分 {score}。</translation>
        </message>
        <message>
            <source>Takes effect with the next utterance.</source>
            <translation>从下一句话起生效。</translation>
        </message>
        <message>
            <source>&amp;Automatic</source>
            <translation>自动(&amp;A)</translation>
        </message>
        <message>
            <source>The largest size that keeps up with speech and answers fast enough here</source>
            <translation>在本机上能跟上说话且回答够快的最大规格</translation>
        </message>
        <message>
            <source>All si&amp;zes…</source>
            <translation>所有规格(&amp;Z)…</translation>
        </message>
        <message>
            <source>MMLU {score}.</source>
            <translation>MMLU {score}。</translation>
        </message>
        <message>
            <source>About {memory} of memory, {speed} tokens a second.</source>
            <translation>约占 {memory} 内存，每秒 {speed} 个词元。</translation>
        </message>
    </context>
    <context>
        <name>SourceChooser</name>
        <message>
            <source>Network camera</source>
            <translation>网络摄像头</translation>
        </message>
        <message>
            <source>The address of its video, as in its manual: http://… or rtsp://…
Nestling connects to it, and to nothing else, while it is looked at.</source>
            <translation>视频的地址，见其说明书：http://… 或 rtsp://…
观看期间 Nestling 只连接它，不连接其他任何地方。</translation>
        </message>
        <message>
            <source>Choose a video</source>
            <translation>选择视频</translation>
        </message>
        <message>
            <source>Videos (*.mp4 *.mkv *.webm *.mov *.avi *.m4v *.mpg *.ogv)</source>
            <translation>视频 (*.mp4 *.mkv *.webm *.mov *.avi *.m4v *.mpg *.ogv)</translation>
        </message>
        <message>
            <source>All files (*)</source>
            <translation>所有文件 (*)</translation>
        </message>
        <message>
            <source>Screen or window (the desktop asks which)</source>
            <translation>屏幕或窗口（由桌面询问）</translation>
        </message>
    </context>
    <context>
        <name>SourcePicker</name>
        <message>
            <source>What to look at</source>
            <translation>看什么</translation>
        </message>
        <message>
            <source>No camera is connected</source>
            <translation>没有连接摄像头</translation>
        </message>
        <message>
            <source>Network camera…</source>
            <translation>网络摄像头…</translation>
        </message>
        <message>
            <source>Video file…</source>
            <translation>视频文件…</translation>
        </message>
        <message>
            <source>Part of the screen…</source>
            <translation>屏幕的一部分…</translation>
        </message>
        <message>
            <source>{name} (closed)</source>
            <translation>{name}（已关闭）</translation>
        </message>
        <message>
            <source>{name} (not connected)</source>
            <translation>{name}（未连接）</translation>
        </message>
    </context>
    <context>
        <name>StatusStrip</name>
        <message>
            <source>Status</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>The model in use</source>
            <translation>正在使用的模型</translation>
        </message>
        <message>
            <source>The model size in force</source>
            <translation>当前的模型规格</translation>
        </message>
        <message>
            <source>How far the shown words are behind the sound</source>
            <translation>显示的文字比声音晚多少</translation>
        </message>
        <message>
            <source>Computing time for each second of sound; above 1 the computer is too slow</source>
            <translation>每秒声音所需的计算时间；大于 1 说明电脑太慢</translation>
        </message>
        <message>
            <source>Sound that was lost before it could be heard</source>
            <translation>还没听到就丢失的声音</translation>
        </message>
        <message>
            <source>{name} (demonstration)</source>
            <translation>{name}（演示）</translation>
        </message>
        <message>
            <source>Loading the model…</source>
            <translation>正在加载模型…</translation>
        </message>
        <message>
            <source>Loading the model… {percent}</source>
            <translation>正在加载模型… {percent}</translation>
        </message>
        <message>
            <source>No model</source>
            <translation>没有模型</translation>
        </message>
        <message>
            <source>Lag {seconds} s</source>
            <translation>延迟 {seconds} 秒</translation>
        </message>
        <message>
            <source>Words every {seconds} s</source>
            <translation>每 {seconds} 秒更新文字</translation>
        </message>
        <message>
            <source>Words at pauses</source>
            <translation>停顿时显示文字</translation>
        </message>
        <message>
            <source>How often the words are renewed: as often as this computer can keep up</source>
            <translation>文字更新的频率：以这台电脑跟得上为准</translation>
        </message>
        <message>
            <source>Load {factor}</source>
            <translation>负载 {factor}</translation>
        </message>
        <message>
            <source>Lost {seconds} s</source>
            <translation>丢失 {seconds} 秒</translation>
        </message>
        <message>
            <source>Starter ears: {name}, English</source>
            <translation>入门听写：{name}，英语</translation>
        </message>
    </context>
    <context>
        <name>TranscriptModel</name>
        <message>
            <source>{said} (not yet certain: {tentative})</source>
            <translation>{said}（尚未确定：{tentative}）</translation>
        </message>
    </context>
    <context>
        <name>TranscriptView</name>
        <message>
            <source>A sound file or a video can be dropped here, too.</source>
            <translation>也可以把声音文件或视频拖放到这里。</translation>
        </message>
        <message>
            <source>The words of the file appear here.</source>
            <translation>文件中的话会显示在这里。</translation>
        </message>
        <message>
            <source>Transcript</source>
            <translation>记录</translation>
        </message>
        <message>
            <source>Jump to latest</source>
            <translation>跳到最新</translation>
        </message>
        <message>
            <source>[{seconds} s of sound missing] </source>
            <translation>[缺少 {seconds} 秒声音] </translation>
        </message>
        <message>
            <source>Nothing has been said yet</source>
            <translation>还没有人说话</translation>
        </message>
        <message>
            <source>No word was heard yet</source>
            <translation>尚未听到任何话</translation>
        </message>
        <message>
            <source>Press “Start listening” and speak. Your words appear here as you say them.</source>
            <translation>按“开始聆听”，然后说话。您的话会边说边出现在这里。</translation>
        </message>
        <message>
            <source>Speak: your words appear here as you say them.</source>
            <translation>请说话：您的话会边说边出现在这里。</translation>
        </message>
        <message>
            <source>Press “Resume” and speak. Your words appear here as you say them.</source>
            <translation>按“继续”，然后说话。您的话会边说边出现在这里。</translation>
        </message>
    </context>
    <context>
        <name>Translating</name>
        <message>
            <source>{name} does not translate into {chosen}, only into {languages}; nothing is translated until you choose one of these or open a general Gemma 3n model.</source>
            <translation>{name} 不能翻译成{chosen}，只能翻译成{languages}；选择其中一种语言或打开通用的 Gemma 3n 模型之前不会翻译。</translation>
        </message>
    </context>
    <context>
        <name>Welcome</name>
        <message>
            <source>Welcome</source>
            <translation>欢迎</translation>
        </message>
        <message>
            <source>Welcome to Nestling</source>
            <translation>欢迎使用 Nestling</translation>
        </message>
        <message>
            <source>Begin</source>
            <translation>开始</translation>
        </message>
        <message>
            <source>Nestling writes down what you say while you say it. Everything happens on this computer.</source>
            <translation>Nestling 在您说话时把话写下来。一切都在这台电脑上进行。</translation>
        </message>
        <message>
            <source>The model that comes with it is a demonstration: it understands simple English, spoken clearly, and explains this program.</source>
            <translation>自带的模型只是演示：它能听懂发音清晰的简单英语，并能解答如何使用本程序。</translation>
        </message>
        <message>
            <source>For now it hears English alone, with a small recogniser (Moonshine tiny); the model that comes with it is a demonstration, which explains this program.</source>
            <translation>目前它只听英语，使用一个小型识别器（Moonshine tiny）；自带的模型仅供演示，可以解答如何使用本程序。</translation>
        </message>
        <message>
            <source>For real use, get Gemma 3n (E2B or E4B): the page “Models…” downloads it, or opens a folder that you have already.</source>
            <translation>要真正使用，请获取 Gemma 3n（E2B 或 E4B）：“模型…”页面可以下载它，或打开您已有的文件夹。</translation>
        </message>
    </context>
    <context>
        <name>_BarDelegate</name>
        <message>
            <source>loading {percent}</source>
            <translation>已加载 {percent}</translation>
        </message>
        <message>
            <source>not loaded</source>
            <translation>未加载</translation>
        </message>
    </context>
    <context>
        <name>_FreeButton</name>
        <message>
            <source>Stop loading seeing</source>
            <translation>停止加载视觉部分</translation>
        </message>
        <message>
            <source>Stop loading hearing</source>
            <translation>停止加载听觉部分</translation>
        </message>
        <message>
            <source>Free the memory of seeing</source>
            <translation>释放视觉部分的内存</translation>
        </message>
        <message>
            <source>Free the memory of hearing</source>
            <translation>释放听觉部分的内存</translation>
        </message>
        <message>
            <source>It is freed as soon as it is not in use any more.</source>
            <translation>一旦不再使用，就会释放。</translation>
        </message>
        <message>
            <source>Free the memory of the starter ears</source>
            <translation>释放入门听写的内存</translation>
        </message>
    </context>
    <context>
        <name>SizesDialog</name>
        <message>
            <source>Sizes of the model</source>
            <translation>模型的规格</translation>
        </message>
        <message>
            <source>&amp;Use this size</source>
            <translation>使用此规格(&amp;U)</translation>
        </message>
        <message>
            <source>&amp;Measure again</source>
            <translation>重新测量(&amp;M)</translation>
        </message>
        <message>
            <source>Score</source>
            <translation>得分</translation>
        </message>
        <message>
            <source>MMLU</source>
            <translation>MMLU</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>规格</translation>
        </message>
        <message>
            <source>Memory</source>
            <translation>内存</translation>
        </message>
        <message>
            <source>Tokens a second</source>
            <translation>每秒词元数</translation>
        </message>
        <message>
            <source>To change to it</source>
            <translation>切换代价</translation>
        </message>
        <message>
            <source>Measured on this machine; between what was measured, worked out.</source>
            <translation>在本机测得；其间的数值由计算得出。</translation>
        </message>
        <message>
            <source>Not measured yet. It takes about ten seconds, when nothing else is to be done.</source>
            <translation>尚未测量。空闲时进行，约需十秒。</translation>
        </message>
    </context>
    <context>
        <name>Sizing</name>
        <message>
            <source>The largest size is fast enough here.</source>
            <translation>最大的规格在本机上已足够快。</translation>
        </message>
        <message>
            <source>The next larger size answers with {speed} tokens a second, too slow.</source>
            <translation>再大一级每秒只能回答 {speed} 个词元，太慢。</translation>
        </message>
        <message>
            <source>The next larger size takes {share} % of the time to hear.</source>
            <translation>再大一级光听写就要占用 {share} % 的时间。</translation>
        </message>
        <message>
            <source>The next larger size fell behind what is said.</source>
            <translation>再大一级跟不上说话。</translation>
        </message>
        <message>
            <source>Even the smallest size is slower than wished.</source>
            <translation>即使最小的规格也达不到期望的速度。</translation>
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
            <translation>保存对话</translation>
        </message>
        <message>
            <source>Saved as {file}.</source>
            <translation>已保存为 {file}。</translation>
        </message>
        <message>
            <source>The conversation cannot be saved as {file} ({reason}). Choose another folder or make room; it is still in the window.</source>
            <translation>对话无法保存为 {file}（{reason}）。请选择其他文件夹或腾出空间；对话仍在窗口中。</translation>
        </message>
        <message>
            <source>You</source>
            <translation>我</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>模型</translation>
        </message>
        <message numerus="yes">
            <source>%Ln pictures</source>
            <translation>
                <numerusform>%Ln 张图片</numerusform>
            </translation>
        </message>
        <message>
            <source>{seconds} s of sound</source>
            <translation>{seconds} 秒声音</translation>
        </message>
        <message>
            <source>stopped</source>
            <translation>已停止</translation>
        </message>
        <message>
            <source>ended at the longest answer allowed</source>
            <translation>达到允许的最大长度而结束</translation>
        </message>
        <message>
            <source>ended because the context is full</source>
            <translation>因上下文已满而结束</translation>
        </message>
        <message>
            <source>cut off</source>
            <translation>被中断</translation>
        </message>
    </context>
    <context>
        <name>ErrorWords</name>
        <message>
            <source>This model cannot be opened.</source>
            <translation>无法打开此模型。</translation>
        </message>
        <message>
            <source>This sound cannot be read.</source>
            <translation>无法读取此声音。</translation>
        </message>
        <message>
            <source>This cannot be done as it was asked for.</source>
            <translation>无法按要求完成。</translation>
        </message>
        <message>
            <source>This model was not made for that.</source>
            <translation>此模型不支持该功能。</translation>
        </message>
        <message>
            <source>The model cannot hold so much: shorten it, or begin a new conversation.</source>
            <translation>内容超出模型容量：请缩短，或开始新的对话。</translation>
        </message>
        <message>
            <source>So far back the model does not remember.</source>
            <translation>模型无法回溯到那么早的内容。</translation>
        </message>
        <message>
            <source>There is no microphone that can be used.</source>
            <translation>没有可用的麦克风。</translation>
        </message>
        <message>
            <source>The microphone is gone.</source>
            <translation>麦克风已断开。</translation>
        </message>
        <message>
            <source>Another microphone is in use now.</source>
            <translation>现在使用的是另一个麦克风。</translation>
        </message>
        <message>
            <source>The sound server does not answer.</source>
            <translation>声音服务器没有响应。</translation>
        </message>
        <message>
            <source>This cannot be looked at.</source>
            <translation>无法查看该来源。</translation>
        </message>
        <message>
            <source>No picture comes any more.</source>
            <translation>不再有画面传来。</translation>
        </message>
        <message>
            <source>This picture or video cannot be read.</source>
            <translation>无法读取此图片或视频。</translation>
        </message>
        <message>
            <source>This desktop does not show its screen to programs.</source>
            <translation>此桌面不向程序提供屏幕画面。</translation>
        </message>
        <message>
            <source>The model has stopped.</source>
            <translation>模型已停止运行。</translation>
        </message>
        <message>
            <source>The memory is not enough: take a smaller size, or close other programs.</source>
            <translation>内存不足：请选择较小的规格，或关闭其他程序。</translation>
        </message>
        <message>
            <source>A file cannot be read or written.</source>
            <translation>无法读取或写入文件。</translation>
        </message>
        <message>
            <source>The network does not do its part.</source>
            <translation>网络出现问题。</translation>
        </message>
        <message>
            <source>The server does not accept who asks.</source>
            <translation>服务器不接受该身份。</translation>
        </message>
        <message>
            <source>The token may still be in the system’s keyring: open the keyring, and try again.</source>
            <translation>令牌可能仍在系统密钥环中：请打开密钥环，然后重试。</translation>
        </message>
        <message>
            <source>Terms have to be accepted first.</source>
            <translation>需要先接受条款。</translation>
        </message>
        <message>
            <source>What was downloaded is not what was announced.</source>
            <translation>下载的内容与公布的不符。</translation>
        </message>
        <message>
            <source>A library of the system is missing.</source>
            <translation>缺少系统库。</translation>
        </message>
        <message>
            <source>Two parts of different releases run together.</source>
            <translation>正在同时运行不同版本的部分。</translation>
        </message>
        <message>
            <source>Something unexpected went wrong; please report it.</source>
            <translation>发生了意外错误；请报告。</translation>
        </message>
    </context>
    <context>
        <name>SettingsStore</name>
        <message>
            <source>The settings cannot be saved in {folder} ({reason}). Make room or allow writing there; until then they hold for this session.</source>
            <translation>无法将设置保存到 {folder}（{reason}）。请腾出空间或允许写入；在此之前，设置仅在本次运行中有效。</translation>
        </message>
    </context>
    <context>
        <name>DoctorDialog</name>
        <message>
            <source>Check of the model</source>
            <translation>模型检查</translation>
        </message>
        <message>
            <source>What was found</source>
            <translation>检查结果</translation>
        </message>
        <message>
            <source>Copy the table</source>
            <translation>复制表格</translation>
        </message>
        <message>
            <source>The model is being checked beside your work; with a full model this takes some minutes. The table names nothing of yours and can be shown to anyone.</source>
            <translation>正在后台检查模型；完整模型需要几分钟。表格不含您的任何信息，可以给任何人看。</translation>
        </message>
        <message>
            <source>Nothing is wrong with this model.</source>
            <translation>这个模型没有问题。</translation>
        </message>
        <message>
            <source>Something is wrong: look at the rows that say FAIL.</source>
            <translation>有问题：请查看标有 FAIL 的行。</translation>
        </message>
        <message>
            <source>Now: {check}.</source>
            <translation>正在检查：{check}。</translation>
        </message>
    </context>
    <context>
        <name>WeightsKeeper</name>
        <message>
            <source>Nestling was started with --weights {choice}: the setting holds from its next start without that.</source>
            <translation>Nestling 是用 --weights {choice} 启动的：设置将从下次不带此参数的启动起生效。</translation>
        </message>
        <message>
            <source>It holds as soon as nothing is listened to or answered.</source>
            <translation>在聆听和回答都结束后生效。</translation>
        </message>
        <message>
            <source>The model is opened again, with weights as memory allows.</source>
            <translation>正在重新打开模型，权重视内存而定。</translation>
        </message>
        <message>
            <source>The model is opened again, with weights as published.</source>
            <translation>正在重新打开模型，使用原始发布的权重。</translation>
        </message>
        <message>
            <source>The model is opened again, with weights in 8 bits.</source>
            <translation>正在重新打开模型，使用 8 位权重。</translation>
        </message>
        <message>
            <source>The model is opened again, with weights in 4 bits.</source>
            <translation>正在重新打开模型，使用 4 位权重。</translation>
        </message>
        <message>
            <source>The model is opened again; it hears in 8 bits from now on.</source>
            <translation>正在重新打开模型；今后用 8 位聆听。</translation>
        </message>
        <message>
            <source>The model is opened again; it hears as published from now on.</source>
            <translation>正在重新打开模型；今后用原始发布的权重聆听。</translation>
        </message>
    </context>
    <context>
        <name>WeightsNote</name>
        <message>
            <source>{name} came with small weights: they are kept as they are.</source>
            <translation>{name} 自带小权重：保持原样。</translation>
        </message>
        <message>
            <source>in 4 bits {size}</source>
            <translation>4 位时 {size}</translation>
        </message>
        <message>
            <source>in 8 bits {size}</source>
            <translation>8 位时 {size}</translation>
        </message>
        <message>
            <source>as published {size}</source>
            <translation>原始发布时 {size}</translation>
        </message>
        <message>
            <source>in 4 bits</source>
            <translation>4 位</translation>
        </message>
        <message>
            <source>in 8 bits</source>
            <translation>8 位</translation>
        </message>
        <message>
            <source>as published</source>
            <translation>原始发布的</translation>
        </message>
        <message>
            <source>The text model of {name} takes {costs}; now its weights are {now}.</source>
            <translation>{name} 的文字模型占用：{costs}；现在的权重是{now}。</translation>
        </message>
        <message>
            <source>, </source>
            <translation>，</translation>
        </message>
    </context>
    <context>
        <name>Moments</name>
        <message>
            <source>less than a minute left</source>
            <translation>剩余不到一分钟</translation>
        </message>
        <message>
            <source>{minutes} min left</source>
            <translation>剩余 {minutes} 分钟</translation>
        </message>
        <message>
            <source>{hours} h {minutes} min left</source>
            <translation>剩余 {hours} 小时 {minutes} 分钟</translation>
        </message>
    </context>
</TS>
