"""What people asked who tried it, and it did not know: other ways to ask, and more of the program.

Taught like the rest, but in no test set: those stay as they were. `evaluate` measures these in a
row of their own.
"""

from engine.training.knowledge.intent import Intent
from engine.training.knowledge.program import INTENTS
from engine.training.knowledge.small_talk import SMALL_TALK

_ANSWERS = {intent.name: intent.answer for intent in (*INTENTS, *SMALL_TALK)}


def _also(name: str, *, to: str = "", about: str = "", ask: str = "") -> Intent:
    """Other ways to ask for what an intent has the answer to."""
    return Intent(f"{name}_also", _ANSWERS[name], to=to, about=about, ask=ask)


LATER: tuple[Intent, ...] = (
    _also(
        "larger",
        to="make the font larger|make the font bigger|change the font size|make the words bigger|"
        "increase the font size|change the text size|see larger words",
        ask="i can not read this|the words are too small|can you make the font larger",
    ),
    _also("smaller", to="make the font smaller|make the words smaller|reduce the font size"),
    _also(
        "start",
        to="record my voice|record something|write down what i say|transcribe my voice|"
        "take notes with my voice|use the microphone|transcribe speech",
        ask="which key starts listening|where is the start button|what key starts the recording",
    ),
    _also(
        "full_model",
        to="install a bigger model|get a bigger model|get gemma|make you smarter|"
        "get better answers|download a model|download a bigger model",
    ),
    _also(
        "private",
        ask="is my data sent anywhere|do you send data to google|do you spy on me|who sees my data|"
        "do you send anything to the internet|is anything sent to the cloud|is my data private",
    ),
    _also(
        "nano",
        ask="who is this|who am i talking to|tell me who you are|what kind of model are you|"
        "are you an assistant|are you alive|are you a computer|do you have a name|"
        "are you a real person|introduce yourself",
    ),
    _also(
        "can_do",
        ask="what do you do|what is your job|what are your skills|what else can you do|"
        "show me what you can do|what should i ask|can you help me|i need help|what now|"
        "what is this for|how do you work|how does this work",
    ),
    _also(
        "where_kept",
        ask="where are my conversations|where are the conversations stored|where do you keep my "
        "conversations|where are my chats",
    ),
    _also("dark", to="switch on the dark mode|use the dark mode|change the colours"),
    _also("quit", ask="how do i get out of here|close nestling"),
    Intent(
        "camera",
        "Press F7, choose a camera and press Ctrl+K.",
        to="use the camera|turn on the camera|open the camera|use my webcam|show you something|"
        "switch on the camera|let you see me|make you see|start the camera|choose a camera",
        about="the camera",
        ask="can you see|can you see me|do you see me|where is the camera|do you have eyes|"
        "look at this|look at me",
    ),
    Intent(
        "camera_off",
        "Press F12: camera and screen are off at once.",
        to="turn off the camera|switch off the camera|close the camera|stop the camera|"
        "make you stop looking|stop showing the screen",
        ask="is the camera off|stop looking",
    ),
    Intent(
        "ask_picture",
        "Press Ctrl+Shift+A and write your question about the picture.",
        to="ask about the picture|ask about what the camera sees|ask what the camera sees|"
        "ask about what you see|ask a question about the picture",
    ),
    Intent(
        "picture_file",
        "Press Ctrl+Shift+O and choose a picture, or drop one into the question.",
        to="send you a picture|add a picture|attach a photo|show you a photo|show you a picture|"
        "ask about a photo|attach a picture|upload a picture|send you a photo|add an image",
        ask="can i send you a picture|can you look at a photo",
    ),
    Intent(
        "watch",
        "Press Ctrl+Shift+T and write what you want to be told of.",
        to="be told when something happens|get told when somebody comes|watch the door|"
        "make you watch something|get told when something changes|watch my desk",
        about="tell me when|the watching",
    ),
    Intent(
        "screen",
        "Press F7 and choose the screen, a window or a part of it.",
        to="show you my screen|share my screen|let you see the screen|ask about the screen|"
        "show you a window|show you a part of the screen",
        ask="can you see my screen",
    ),
    Intent(
        "moment",
        "Press F6: it asks about the last twenty seconds of sound and the picture.",
        to="ask about this moment|ask about what was just said|ask about the last seconds|"
        "ask about what just happened",
        about="ask the moment|the moment key",
    ),
    Intent(
        "ask_aloud",
        "Press Ctrl+Shift+Space, say your question and press it again.",
        to="ask aloud|ask a question aloud|speak a question|ask you with my voice|"
        "talk to you with my voice|say a question|ask by voice|speak to you",
        ask="can i talk to you|can i speak to you",
    ),
    Intent(
        "stop_answer",
        "Press Ctrl and the full stop to end an answer.",
        to="stop the answer|stop you writing|stop an answer|make you stop answering|"
        "cut the answer short|interrupt you|end the answer",
    ),
    Intent(
        "again",
        "Press Ctrl+R to have another answer.",
        to="get another answer|have you answer again|get a different answer|"
        "try the answer again|get a new answer",
    ),
    Intent(
        "edit",
        "Press Ctrl+E to change your question.",
        to="change my question|edit my question|correct my question|edit a question|"
        "correct what i asked|change what i asked",
    ),
    Intent(
        "new_conversation",
        "Press Ctrl+Shift+N for a new conversation.",
        to="start a new conversation|start a new chat|begin a new chat|open an empty conversation|"
        "begin a new conversation|open a new chat",
    ),
    Intent(
        "find",
        "Press Ctrl+F to find words in your conversations.",
        to="find an old conversation|search my conversations|search for a word|search|"
        "find something i asked|search the conversations|find an answer again",
    ),
    Intent(
        "delete_conversation",
        "Open the Conversation menu and choose Delete this conversation.",
        to="delete a conversation|delete this conversation|delete a chat|remove a conversation|"
        "throw away a conversation|delete my conversation",
    ),
    Intent(
        "rename",
        "Press F2 to give the conversation another title.",
        to="rename a conversation|rename this conversation|change the title|"
        "give the conversation a name",
    ),
    Intent(
        "save_conversation",
        "Open the Conversation menu and choose Save as Markdown.",
        to="save the conversation|save this chat|export the conversation|save a conversation|"
        "keep this chat as a file|export a chat|save your answers",
    ),
    Intent(
        "instruct",
        "Press Ctrl+I: there you give an instruction and choose how lively the answers are.",
        to="change how you answer|give you an instruction|change the system prompt|"
        "make the answers livelier|set the temperature|get other answers from you",
    ),
    Intent(
        "captions",
        "Press F8 for captions above all other windows.",
        to="get captions|show captions|turn on captions|see the words above other windows|"
        "show captions over a film|use captions|hide the captions",
        about="the captions",
    ),
    Intent(
        "live_translation",
        "Choose a language beside Translate, above the transcript.",
        to="translate what i say|translate while i speak|turn on the translation|"
        "see the translation|turn off the translation|choose the language of the translation",
        about="the live translation",
    ),
    Intent(
        "swap",
        "Press Ctrl+Shift+L to translate the other way round.",
        to="swap the languages|translate the other way round|turn the translation round|"
        "change the direction of the translation",
    ),
    _also(
        "sound_file",
        to="transcribe a recording|write down a file|write down a video|"
        "get the words of a video|turn a recording into text",
        about="transcribing files",
        ask="can you transcribe a file|can you write down a video|can you read a sound file",
    ),
    Intent(
        "free",
        "Press F9, then the button that frees the memory of seeing or of hearing.",
        to="free memory|free some memory|give memory back|use less memory|free the memory|"
        "get memory back|unload the camera part",
    ),
    Intent(
        "doctor",
        "Choose Check the model in the Help menu.",
        to="check the model|test the model|see if the model works|check if a model is whole|"
        "find out what my computer can do",
    ),
    Intent(
        "connections",
        "Choose Connections in the File menu: it lists every connection there can be.",
        to="see the connections|see what goes over the network|list the connections|"
        "see where you connect to",
        about="the connections",
    ),
)

LATER_TALK: tuple[Intent, ...] = (
    _also(
        "hello",
        ask="hello hello|hallo|greetings|hi hi|hello my friend|hi friend|hey you|hi you|"
        "hello again|hi again|hey there|good day to you|hello computer|nice to meet you",
    ),
    _also(
        "thanks",
        ask="thank you so much|thanks so much|thank you again|cheers|that helps|"
        "thank you that helps|okay thanks|perfect thank you|great thank you",
    ),
    _also(
        "bye", ask="good bye|bye for now|have a nice day|until tomorrow|i have to go|see you soon"
    ),
    _also("praise", ask="great|perfect|wonderful|very nice|you are good|amazing|cool|i love you"),
    Intent(
        "listening",
        "All right. What would you like to know?",
        ask="okay|ok|yes|no|fine|i see|all right|test|testing|aha|no thank you|nothing|never mind|"
        "yes please|hm|can i ask you something|i have a question",
    ),
)

EVERY_INTENT = (*INTENTS, *SMALL_TALK, *LATER, *LATER_TALK)
