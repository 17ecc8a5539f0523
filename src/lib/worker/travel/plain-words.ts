// Words that are easy to say and to hear: fingerprints that people compare aloud, and passphrases they can write down.

/** 1024 words: each is worth ten bits. Never reordered: fingerprints are made of their places. */
export const PLAIN_WORDS: readonly string[] = `
	acorn actor adobe agent album alley almond alpine amber anchor angle ankle apple apron arbor arch arena arrow
	artist aspen atlas attic autumn avenue award axle bacon badge bagel baker bamboo banana banjo banner barley barn
	barrel basil basin basket bay bayou beach beacon bead beam bean bear beaver bee beetle bell belt bench berry
	bike birch bird biscuit bison blanket blossom blouse blue boat bolt bone bonnet book boot border bottle boulder
	bowl box bracket branch brass bread breeze brick bridge brisk bronze brook broom brother brush bubble bucket
	buckle buffalo bugle bulb bundle bunny burrow bus butter button cabin cable cactus cake calendar camel camera
	camp canal candle candy canoe canvas canyon cape caramel carbon card cargo carpet carrot cart castle cat cedar
	celery cello cement center ceramic chain chair chalk chamber channel chapel chapter charm chart cheese cherry
	chess chestnut chicken chief chimney chin choir cider cinema circle circus citrus city clam clarinet classic
	clay clerk cliff clock cloth cloud clover clown coach coal coast cobalt cobra cocoa coconut coffee coin collar
	colony color column comb comet comic compass concert condor cone cookie copper coral cord cork corn corner
	cotton couch counter county cousin cover cow coyote crab cradle crane crater crayon cream creek crest cricket
	crow crown crystal cube cuckoo cup curtain curve cushion cycle cymbal daisy dance dawn deck deer delta denim
	desert desk diamond dinner dish diver dock dog doll dolphin domino donkey door dove dragon drawer dream dress
	drift drum duck dune dust eagle earth easel east echo eel egg elbow elder elk elm ember emerald engine envelope
	epic equator evening exit fabric falcon family fan farm feather fence fern ferry fiddle field fig finch finger
	fire fish flag flame flask flat fleet flint float flock flood floor flour flower flute foam fog folder forest
	fork fort fossil fountain fox frame freight frog frost fruit funnel galaxy gallery garage garden garlic garnet
	gate gazelle gecko gem general geyser giant ginger giraffe glacier glass glove glue goat gold golf gondola goose
	gown grain grape graph grass gravel gravy green grid grill groove ground grove guest guide guitar gull gum habit
	hail hall hammer hammock hamster hand harbor hare harp harvest hat hawk hay hazel heart hedge helmet hen herald
	herb heron hill hinge hive hobby honey hood hook horizon horn horse hotel house hub humble humor hunter hurdle
	husky hut ice icon igloo inch index indigo ink inlet insect iris iron island ivory ivy jacket jade jaguar jam
	jar jasmine jaw jelly jewel jigsaw jockey joke journal judge juice jungle junior juniper jury kayak keel kelp
	kennel kettle key kidney king kiosk kitchen kite kitten kiwi knee knight knot koala label lace ladder lagoon
	lake lamb lamp lantern larch lark laser lasso lattice laurel lava lawn lawyer leaf leather legend lemon lens
	lentil leopard letter lettuce level lever library lichen light lilac lily lime linen lion liquid lizard llama
	lobby lobster lodge log loom lotus lumber lunar lunch lute lynx lyric magnet magpie mailbox major mallet mango
	manor mantle map maple marble march margin marina market maroon marsh mask mast match meadow medal melody melon
	memo menu mercury meteor metro mild mile milk mill mimosa mineral mint minute mirror mitten mixer model mole
	monday money monkey month moon moose morning mortar mosaic moss motel moth motor mountain mouse mouth mud muffin
	mule museum mushroom music mustard nail name napkin nation nature navy nectar needle neon nephew nest nettle
	nickel night noble noodle noon north nose note novel nugget number nurse nut nylon oak oar oasis oat object
	ocean octave octopus office olive omega onion opal opera orange orbit orchard orchid organ otter outfit oval
	oven owl oxen oxygen oyster paddle page paint palace palm panda panel panther papaya paper parade parcel park
	parrot parsley party pasta pastry patch path patio peach peacock peanut pear pearl pebble pecan pedal pelican
	pen pencil penguin pepper perch petal phone photo piano picnic pie pier pigeon pillow pilot pine pink pipe
	pirate pitcher pixel pizza planet plank plant plaster plate plaza plow plum plume pocket poem poet polar police
	polka pond pony pool poplar poppy porch port postcard potato pottery powder prairie press pretzel prince print
	prism prize puddle puffin pulley pulse puma pumpkin puppet puppy purple purse puzzle pyramid quail quarry quartz
	queen quest quick quill quilt quince quiver rabbit raccoon racket radar radio radish raft rail rain raisin ranch
	ranger raven razor recipe record reed reef regal reindeer relay ribbon rice ridge river road robin robot rocket
	rodeo roof room rooster root rope rose rotor round route royal ruby rudder rug rugby ruler runner rust rye
	saddle safari saffron sail salad salmon salon salt sand sandal sardine satin sauce saucer scarf scene school
	scissors scooter scout screen scroll sea seal season seed senate shadow shark sheep shelf shell shelter shield
	ship shirt shoe shore shovel shrimp shuttle signal silk silver singer sink sister sketch ski skirt sky slate
	sled sleet sleeve slipper slope snail snow soap soccer sock sofa soil solar soldier sonar song sonnet soup south
	spark sparrow spear spice spider spinach spiral sponge spoon spring sprout spruce squash squid stable stadium
	stairs stamp star starch statue steam steel stem step stereo stone stool stork storm stove straw stream street
	string studio sugar suit summer summit sun sunset surf swallow swan sweater swing switch sword syrup system
	table tablet tackle tailor talent tango tank target tavern taxi teacher teapot temple tennis tent theater
	thimble thistle thread throne thumb thunder ticket tide tiger tile timber tin toad toast tomato tool topaz torch
	tortoise totem toucan towel tower town toy track tractor trail train tray treasure treaty tree trellis trial
	tribe trolley trophy trout truck trumpet trunk tulip tuna tunnel turkey turnip turtle tuxedo twig twin umbrella
	uncle unicorn uniform union urban urchin utensil vacuum valley valve vanilla vapor vault velvet vendor veranda
	verse vessel vest village vine vinegar violet violin visit vista voice volcano volume voyage waffle wagon waist
	walnut walrus waltz warbler wasp watch water wave wax weasel weather weaver wedge week whale wheat wheel whisker
	whistle wicker widow willow wind window winter wire wolf wombat wonder wood wool
`
	.trim()
	.split(/\s+/);
