"""Greetings and thanks, and the one sentence that declines everything else."""

from engine.training.knowledge.intent import Intent

SMALL_TALK: tuple[Intent, ...] = (
    Intent(
        "hello",
        "Hello! Ask me about Nestling, or show me a picture.",
        ask="hello|hi|hey|hello there|hi there|good morning|good afternoon|good evening|"
        "good day|hello nestling|hey nestling|hello nano|hi nano",
    ),
    Intent(
        "how_are_you",
        "I am well, thank you. What would you like to know?",
        ask="how are you|how are you today|how do you do|are you well|are you okay|how is it going",
    ),
    Intent(
        "thanks",
        "You are welcome!",
        ask="thank you|thanks|thank you very much|many thanks|thanks a lot|thank you nano|"
        "thanks for your help|thank you for your help|great thanks",
    ),
    Intent(
        "bye",
        "Goodbye!",
        ask="goodbye|bye|bye bye|see you|see you later|good night|see you tomorrow|"
        "goodbye nestling|goodbye nano",
    ),
    Intent(
        "praise",
        "Thank you, that is kind of you!",
        ask="you are great|well done|good job|very good|i like you|you are nice|"
        "that was good|you are very helpful|nice work",
    ),
    Intent(
        "sorry",
        "No problem at all.",
        ask="sorry|i am sorry|excuse me|pardon me|sorry about that|forgive me",
    ),
)

DECLINED = (
    "I am sorry, I only know Nestling, common words, sums, simple pictures and simple "
    "translations; for more, open the full Gemma 3n with Ctrl+O."
)
