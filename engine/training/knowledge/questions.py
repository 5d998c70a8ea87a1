"""300 general questions in thirty domains that nano must decline: for tests, never for training."""

QUESTIONS: dict[str, tuple[str, ...]] = {
    domain: tuple(line.strip() for line in text.strip().splitlines())
    for domain, text in {
        "geography": """
            which country has the longest coastline
            is iceland colder than greenland
            name three rivers in africa
            what sea lies between italy and croatia
            how many states are in the united states
            which continent is the driest
            does the nile flow north or south
            what is the tallest mountain in the alps
            where does the danube begin
            which islands belong to denmark""",
        "history": """
            who built the great wall
            in which year did the titanic sink
            why did the roman empire split in two
            who was the first woman in parliament
            what started the hundred years war
            when was the printing press invented
            how long did queen victoria rule
            which king had six wives
            what did people eat in the middle ages
            who discovered the tomb of tutankhamun""",
        "physics": """
            how fast does light travel
            what is the boiling point of nitrogen
            why does ice float on water
            what is a magnetic field made of
            how heavy is an electron
            does sound travel through steel
            what makes a rainbow appear
            why can we not go faster than light
            what is the difference between mass and weight
            how do lasers produce light""",
        "chemistry": """
            what is the symbol for sodium
            why does iron rust
            which gas do balloons contain
            what happens if i mix bleach and vinegar
            how many elements are there in the table
            what is the strongest acid
            why is diamond so hard
            what does ph measure
            how do you separate salt from sand
            which metal melts in your hand""",
        "biology": """
            how does the heart pump blood
            why do leaves turn yellow
            how many chromosomes do humans have
            what do cells use for energy
            do plants feel anything
            how long is the small intestine
            what is the smallest mammal
            how do vaccines protect us
            why do cats purr
            which bird lays the biggest egg""",
        "astronomy": """
            how many moons does uranus have
            what is beyond the milky way
            why is pluto no longer a planet
            when is the next eclipse
            how do stars die
            what would happen if i fell into a black hole
            how long does a trip to mars take
            who was the first person in space
            how old is the universe
            what are shooting stars""",
        "medicine": """
            what are the side effects of ibuprofen
            how much aspirin may i take
            my knee has been swollen for a week
            is my blood pressure too high
            can i take antibiotics with milk
            how do i treat a burn
            why does my ear ring at night
            what are the signs of diabetes
            how many hours should a baby sleep
            do i need a tetanus shot""",
        "food": """
            how long must i boil potatoes
            what can i use instead of eggs
            which wine goes with fish
            how do i stop milk from burning
            is raw chicken dangerous
            what is tofu made from
            how do i peel garlic quickly
            can i freeze cooked rice
            what is the secret of a good sauce
            how spicy is a habanero""",
        "sports": """
            how long is a marathon
            who holds the record in the high jump
            what does offside mean
            which club won the cup final
            how many players are in a volleyball team
            what is a grand slam
            how do i swing a golf club
            who is the best goalkeeper ever
            when do the olympic games begin
            how heavy is a bowling ball""",
        "music": """
            who composed the four seasons
            how many strings does a harp have
            what key is this song in
            which band sang yellow submarine
            how do i tune a guitar
            what is a fugue
            who was the king of pop
            how many symphonies did haydn write
            what is the fastest tempo
            recommend me an album for the evening""",
        "film": """
            who plays the villain in that new movie
            how does the matrix end
            what is the longest film ever made
            who directed jaws
            is there a sequel to frozen
            which movie won the most oscars
            what year did star wars come out
            is this film suitable for children
            who voices shrek
            suggest a good thriller""",
        "books": """
            who wrote moby dick
            what is war and peace about
            how many harry potter books are there
            what is the first line of emma
            who is sherlock holmes' best friend
            which novel should i read on holiday
            did tolkien write poems
            what is the moral of the ugly duckling
            how does the odyssey end
            quote a line from romeo and juliet""",
        "mathematics": """
            what is the area of a circle with radius three
            solve x squared equals nine
            what is seven factorial
            how many degrees are in a triangle
            what is the value of pi to ten places
            prove that there are infinitely many primes
            what is twelve percent of eighty
            integrate the sine function
            what is half of a third
            how do i compute the median""",
        "computers": """
            how do i reverse a list in python
            what is a pointer
            why does my laptop overheat
            which browser is the safest
            how do i delete a file on a server
            what is the fastest sorting algorithm
            how do i set up a printer on my network
            my screen stays blue after an update
            what does error four hundred and four mean
            write a regular expression for dates""",
        "money": """
            should i buy shares now
            what is the exchange rate of the dollar
            how do mortgages work
            how much tax do i have to pay
            what is a good interest rate
            how can i become rich
            is bitcoin a good investment
            what does the central bank do
            how do i write an invoice
            how much should i save every month""",
        "law": """
            can my landlord raise the rent
            how do i write a will
            is it legal to record a phone call
            what is the speed limit in germany
            how old must i be to vote
            can i return a used product
            what does a notary do
            do i need a visa for brazil
            how do i get a divorce
            who is liable for a dog bite""",
        "travel": """
            when does the next train to oxford leave
            how much luggage can i take on the plane
            is it safe to travel to colombia
            what should i see in barcelona
            how do i get from the airport to the centre
            which beaches in spain are quiet
            do i have to tip in japan
            how long is the flight to new york
            where can i rent a car
            what is the cheapest way to see norway""",
        "weather": """
            do i need an umbrella this afternoon
            how cold will it get at night
            is there a storm coming
            why are there hurricanes
            what is the humidity outside
            how hot is the sahara in july
            when will the snow melt
            what does a falling barometer mean
            how are clouds formed
            will we have a white christmas""",
        "animals": """
            how long do tortoises live
            can parrots understand us
            what do hedgehogs do in winter
            how fast can a cheetah run
            are dolphins fish
            which snake is the most poisonous
            how do bees make honey
            why do zebras have stripes
            my dog does not want to eat
            how many puppies can a dog have""",
        "garden": """
            why are my tomato leaves curling
            how deep should i plant garlic
            when do i prune my apple tree
            how do i get rid of slugs
            which flowers like the shade
            what is good compost
            can lavender survive the frost
            how often must i mow the lawn
            what kills weeds between stones
            why does my basil always die""",
        "household": """
            how do i remove a red wine stain
            what temperature should i wash wool at
            my sink is blocked
            how do i hang a shelf
            how can i save electricity
            the washing machine makes a strange noise
            how do i descale a kettle
            what paint do i need for the bathroom
            how do i get the smell out of my shoes
            who can fix my roof""",
        "time and orders": """
            wake me up at six
            how many days until easter
            put milk on my shopping list
            what is on my calendar
            cancel my appointment with the dentist
            order a pizza for two
            switch on the lamp in the hall
            start the vacuum cleaner
            read me my messages
            call a taxi to the station""",
        "feelings": """
            nobody likes me
            i had a terrible day at work
            my best friend lied to me
            how do i get over a breakup
            i am afraid of flying
            should i tell her that i love her
            why am i always so worried
            i feel like giving up
            how can i be more confident
            my grandmother died yesterday""",
        "philosophy": """
            do we have free will
            what did plato teach
            is it ever right to lie
            what is the categorical imperative
            can a machine think
            what is the trolley problem
            why is there something rather than nothing
            who said i think therefore i am
            is beauty in the eye of the beholder
            what makes a life good""",
        "languages": """
            what is the plural of octopus
            how do i conjugate aller
            is whom still used
            where does the word salary come from
            how many letters are in the greek alphabet
            say good luck in polish
            which language has the most speakers
            what is an adverb
            how do you pronounce quinoa
            what does carpe diem mean""",
        "religion": """
            what is the first book of the bible
            when is ramadan this year
            who was buddha
            how many popes have there been
            what do hindus celebrate at diwali
            why do people fast
            what is a synagogue
            who wrote the psalms
            where is mecca
            what is the holy grail""",
        "technology": """
            how does a touch screen know where my finger is
            what is the range of an electric car
            how do planes stay in the air
            what is inside a hard disk
            who made the first telephone
            how do solar panels work
            what comes after five g
            how is a bridge built
            why do batteries get weaker
            how does a satellite stay up""",
        "politics": """
            who is the mayor of new york
            what is the european union
            how does a bill become a law
            which party should i vote for
            when is the next election in canada
            what is a prime minister allowed to do
            who leads the united nations
            what do liberals believe
            why was there a strike in france
            how many seats has the senate""",
        "creative": """
            write a haiku about a train
            invent a superhero
            tell me something funny about penguins
            finish this sentence once upon a time
            draw me a sheep
            compose a birthday card for my aunt
            give my boat a name
            describe a sunset in the desert
            write a speech for a wedding
            think of a slogan for my bakery""",
        "about itself": """
            what did you dream last night
            how many people work at google
            who is your father
            do you like being a machine
            what were you doing yesterday
            can you remember my birthday
            are you smarter than my phone
            do you ever sleep
            what do you look like
            will robots replace us""",
    }.items()
}
