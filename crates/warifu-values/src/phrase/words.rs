//! The words of a phrase, a byte each: common things, told apart by ear. The tests of the phrase hold that.
//!
//! Their order is part of what people compare: a word is replaced in its place and never moved.

/// In kana, as they are read aloud.
#[rustfmt::skip] // a line for each would be five hundred
pub(super) const JAPANESE: [&str; 256] = [
    "あかり", "あさひ", "あじさい", "あなご", "あひる", "あぶら", "あめだま", "ありくい", "いかだ", "いずみ", "いたち", "いちご", "いるか",
    "いわし", "うぐいす", "うさぎ", "うちわ", "うめぼし", "えだまめ", "えのぐ", "えほん", "えんがわ", "えんとつ", "おかし", "おでん", "おどり",
    "おにぎり", "おふろ", "おみくじ", "おむすび", "おもちゃ", "おやつ", "おりがみ", "かいがら", "かいだん", "かえで", "かがみ", "かざり", "かたな",
    "かつお", "かばん", "かぶと", "かぼちゃ", "かみなり", "かもめ", "からす", "かるた", "かわせみ", "かわら", "かんづめ", "がいこつ", "きつつき",
    "きつね", "きのこ", "きゅうり", "きりん", "きんぎょ", "ぎんなん", "くじら", "くずもち", "くだもの", "くちばし", "くつした", "くまで", "くらげ",
    "くるみ", "くわがた", "けいと", "けしき", "けむり", "げんかん", "こうもり", "こえだ", "こがらし", "こすもす", "こたつ", "こども", "こむぎ",
    "こよみ", "ごぼう", "さいころ", "さかずき", "さかな", "さくら", "さざえ", "さつき", "さとう", "さばく", "さむらい", "しいたけ", "しおり",
    "しじみ", "しずく", "したじき", "しまうま", "しまりす", "しゃぼん", "しらさぎ", "しんぶん", "すいか", "すいせん", "すいとう", "すきやき",
    "すごろく", "すずむし", "すずめ", "すずらん", "すだれ", "すなば", "すりばち", "せなか", "せんす", "ぜんまい", "そうじ", "そらまめ", "そろばん",
    "ぞうきん", "たいこ", "たいよう", "たきび", "たけうま", "たけのこ", "たこやき", "たたみ", "たなばた", "たまねぎ", "たんぽぽ", "だるま", "ちくわ",
    "ちゃわん", "ちりとり", "つくえ", "つけもの", "つばき", "つぼみ", "つらら", "つりばし", "てつぼう", "てぬぐい", "てぶくろ", "てまり", "てんぷら",
    "でんしゃ", "でんわ", "とうふ", "とかげ", "とけい", "とらねこ", "とろろ", "とんぼ", "どんぐり", "ながぐつ", "なぎさ", "なぎなた", "なでしこ",
    "なまず", "なみき", "なわとび", "にわとり", "にんじん", "にんにく", "ぬかみそ", "ねむのき", "ねんど", "のうか", "のこぎり", "のぼり", "のりまき",
    "はがき", "はくさい", "はごろも", "はさみ", "はしご", "はたけ", "はつゆめ", "はなたば", "はなび", "はまぐり", "はやぶさ", "はりねずみ", "ばった",
    "ひいらぎ", "ひこうき", "ひつじ", "ひなた", "ひなまつり", "ひまわり", "ひょうたん", "ひよこ", "ひらめ", "ふうせん", "ふきのとう", "ふくろう",
    "ふくわらい", "ふじさん", "ふすま", "ふとん", "ふろしき", "ぶらんこ", "へちま", "べんとう", "ほうき", "ほおずき", "ほこら", "ほしぞら", "ほたる",
    "ほらがい", "ぼんおどり", "ぼんさい", "まつかさ", "まつり", "まめまき", "みかん", "みこし", "みずうみ", "みずぐるま", "みつば", "みなと",
    "みのむし", "みみずく", "みやげ", "めがね", "めじろ", "めだか", "めのう", "もくせい", "もちつき", "もみじ", "やきいも", "やくそく", "やさい",
    "やじろべえ", "やなぎ", "やまびこ", "ゆうだち", "ゆきだるま", "ゆびわ", "ゆりかご", "よあけ", "よこづな", "よもぎ", "よろい", "らいおん",
    "らくだ", "らっきょう", "りんご", "れもん", "れんが", "れんこん", "ろうそく", "ろくろ", "わかさぎ", "わかば", "わたあめ", "わたりどり", "わらび",
];

/// In lower case.
#[rustfmt::skip] // as above
pub(super) const ENGLISH: [&str; 256] = [
    "acorn", "album", "almond", "amber", "anchor", "animal", "antler", "apple", "apricot", "apron",
    "arrow", "atlas", "attic", "avocado", "bacon", "badge", "balcony", "ballet", "bamboo", "banana",
    "barber", "basil", "basket", "bedroom", "bicycle", "bishop", "blanket", "blossom", "bonfire",
    "bronze", "buffalo", "butter", "cabbage", "cabin", "cactus", "camel", "camera", "candle",
    "caramel", "carpet", "chapel", "chapter", "cheetah", "cherry", "chess", "chicken", "circle",
    "citrus", "climate", "clover", "cobweb", "coconut", "coffee", "compass", "corner", "cradle",
    "crayon", "cricket", "crystal", "curtain", "cushion", "cyclone", "daffodil", "dairy", "dancer",
    "denim", "desert", "dolphin", "dragon", "drawer", "echo", "eclipse", "elephant", "elevator",
    "emerald", "engine", "envelope", "evening", "fabric", "factory", "falcon", "feather", "festival",
    "fiddle", "firefly", "flamingo", "flannel", "flower", "flute", "forest", "fortune", "fountain",
    "fresco", "furnace", "gadget", "garlic", "geyser", "giraffe", "goblet", "goldfish", "grape",
    "hammer", "harvest", "hazelnut", "hedgehog", "helmet", "highway", "hockey", "holiday", "horizon",
    "iceberg", "indigo", "insect", "island", "ivory", "jacket", "jasmine", "jelly", "jewel", "jigsaw",
    "journey", "jungle", "juniper", "kayak", "kingdom", "kitchen", "ladybug", "lantern", "laundry",
    "lavender", "lettuce", "library", "lilac", "lion", "lobster", "lotus", "lunch", "magnet",
    "magpie", "mammoth", "mango", "marble", "market", "meadow", "melon", "mercury", "midnight",
    "mirror", "morning", "mosaic", "mosquito", "mushroom", "napkin", "necklace", "novel", "nutmeg",
    "oasis", "oatmeal", "octopus", "olive", "orange", "orchard", "origami", "ostrich", "outfit",
    "oxygen", "oyster", "pajamas", "palace", "panther", "parade", "parsley", "pasture", "pencil",
    "pickle", "picnic", "plankton", "prairie", "pretzel", "prism", "pumpkin", "pyramid", "quilt",
    "rabbit", "radish", "railway", "rainbow", "reindeer", "rhubarb", "rodeo", "rosemary", "sailor",
    "salmon", "sandal", "sapling", "sapphire", "satchel", "scarf", "school", "scissors", "seahorse",
    "shadow", "shampoo", "shepherd", "shoulder", "shuttle", "skeleton", "skylark", "sleigh",
    "snorkel", "snowman", "sparrow", "spinach", "sponge", "squirrel", "stadium", "stapler", "stencil",
    "sunrise", "sweater", "syrup", "tadpole", "teacup", "temple", "theater", "tomato", "tortoise",
    "tractor", "traveler", "treasure", "triangle", "trolley", "trumpet", "tugboat", "turtle",
    "twilight", "ukulele", "umbrella", "unicorn", "vinegar", "waffle", "walrus", "wardrobe",
    "weekend", "whisper", "whistle", "wigwam", "willow", "window", "wombat", "woodland", "workshop",
    "yoyo", "zebra", "zeppelin", "zigzag",
];
