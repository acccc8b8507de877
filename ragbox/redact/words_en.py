"""Word lists for English names and addresses: plain sets. Knows no rule; `names_en.py` and `addresses_en.py` do."""

from __future__ import annotations

TITLES = frozenset(
    "mr mrs ms miss mx dr prof professor sir dame madam rev reverend fr hon capt herr frau monsieur madame mme".split()
)
"""What stands before a name, with or without a full stop."""
PARTICLES = frozenset(
    """
    van von der den de del della di da dos du la le el al bin ibn ter ten zu af av
    """.split()
)
"""Small words inside a name: Ludwig van Beethoven."""
LABELS = frozenset(
    """
    name contact contacts attn attention employee signed signatory manager director officer engineer author prepared
    approved reviewed dear hi hello hey regards sincerely from to cc bcc sender recipient supervisor chair chairman
    chairwoman chairperson president secretary treasurer representative witness guarantor borrower tenant landlord
    patient doctor nurse consultant accountant owner driver applicant candidate interviewer trustee beneficiary
    guardian holder cardholder cashier inspector operator technician analyst assistant coordinator buyer seller
    customer client member attendee attendees participant participants present absent apologies minutes presenter
    speaker host organiser organizer editor colleague named called spouse husband wife partner mother father brother
    sister son daughter mentor lead head ceo cfo cto coo founder
    """.split()
)
"""What stands before a name, most often with a colon or "is"."""
STRONG_LABELS = frozenset(
    """
    name contact attn attention employee signed signatory dear hi hello representative witness patient applicant
    candidate cardholder guarantor tenant guardian spouse supervisor prepared approved reviewed recipient sender named
    called
    """.split()
)
"""Labels after which one unknown capitalised word, or two, is a name, if a colon stands between."""
COMPANY = frozenset(
    """
    inc ltd limited llc llp plc corp corporation company co gmbh ag kg sa sarl srl bv nv pty oy ab aps kgaa group
    holdings holding associates brothers bros sons bank trust fund ventures insurance university college school
    hospital institute foundation church council committee association society club museum library airport station
    hotel restaurant theatre theater stadium arena press records studios pictures industries enterprises consulting
    motors airlines pharmaceuticals laboratories stores mills award prize
    telescope observatory medal trophy memorial scholarship fellowship laboratory clinic academy conservatory seminary
    gallery auditorium pavilion expressway tunnel speedway
    """.split()
)
"""Words that make a company or an institution of the capitalised words before them."""
PLACE = frozenset(
    """
    street st road rd avenue ave lane drive way close court square place boulevard terrace crescent park hill house
    building tower hall bridge river lake mountain mountains mount island islands bay beach county city town village
    valley forest garden gardens gate green port harbour harbor canal coast cape district province state states region
    republic kingdom empire ocean sea gulf desert creek falls springs heights point plaza center centre highway
    airport cathedral castle palace abbey field fields farm ridge canyon peninsula north south east west northern
    southern eastern western central upper lower new saint santa san los las fort camp great grand little old royal
    prize award cup league act law theorem equation effect disease syndrome algorithm method theory test scale index
    model protocol university hole
    """.split()
)
"""Words that make a place or a thing of the name before or after them."""
MODIFIERS = frozenset(
    """
    space memorial presidential medical research national international high middle elementary primary secondary
    business graduate public cancer children childrens state community technical army veterans regional performing arts
    art science data music law computer junior senior
    """.split()
)
"""Words that stand between a name and what is named after it: James Webb Space Telescope."""
LEADING = PLACE - {"new"} | frozenset("uss hms rms ss mv hmcs hmas usns hurricane typhoon cyclone storm".split())
"""Words that make a place, a ship or a storm of the name after them."""
UNITS = frozenset(
    """
    manager managers team teams relations department desk committee office officer officers group services support
    division board panel unit centre center staff payable receivable resources audit operations director head lead
    """.split()
)
"""Words that make a post or a part of a firm of the word before them: Dear Hiring Manager."""
PLACES = frozenset(
    """
    afghanistan africa albania algeria america american angola argentina armenia asia australia austria austrian
    azerbaijan bahrain bangladesh belarus belgium belgian berlin birmingham bolivia boston brazil bristol britain
    british brussels bulgaria california cambodia cambridge cameroon canada canadian chicago chile china chinese
    colombia colorado croatia cuba cyprus czech denmark danish detroit dublin dutch edinburgh egypt egyptian england
    english estonia ethiopia europe european finland finnish france french georgia germany german ghana glasgow greece
    greek guatemala haiti hague hamburg hawaii holbeach hungary iceland india indian indiana indonesia iran iraq
    ireland irish israel istanbul italy italian jamaica japan japanese kenya korea korean kuwait latin latvia lebanon
    leeds libya lisbon lithuania liverpool london luxembourg madrid malaysia malta manchester maryland massachusetts
    melbourne mexico mexican miami michigan milan minnesota mississippi missouri montana moscow munich nepal
    netherlands nevada newcastle nigeria norman normandy norway norwegian nottingham ohio oklahoma oregon oxford
    pakistan panama paris pennsylvania peru philippines poland polish portugal prague qatar romania rome roman russia
    russian scotland scottish seattle serbia shanghai sheffield singapore slovakia slovenia somalia spain spanish
    sweden swedish switzerland swiss sydney syria taiwan texas thailand tokyo toronto tunisia turkey turkish uganda
    ukraine utah vancouver venezuela venice vermont vienna vietnam wakefield wales welsh warsaw washington wisconsin
    york yorkshire zealand zurich saudi arabia palais rio hebei jiangsu zhejiang guangdong taipei macau qingdao
    chengdu chongqing hangzhou suzhou xian beijing guangzhou shenzhen nanjing nantong tianjin wuhan
    """.split()
)
NOT_NAMES = frozenset(
    """
    january february march april june july august september october november december jan feb mar apr jun jul aug sep
    sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat
    sun christmas easter spring summer autumn winter a about above acceptance access according account accounts action
    actions active activity addendum additional address administration advance after agenda agreement all also
    although amendment amount an and annex annual another any apart appeal appendix applicable application approval
    are area arm army article articles as asset assets at audit author authority available average award background
    balance base basic be because been before below benefit benefits best bill billing block blue board body bonus
    book both box break breach brief budget building buildings business but by bus calendar call calls can
    cancellation capacity car card care carriage cars case cash category cause central certificate certification
    change changes chapter charge charges chart check chemical chief children circuit claim claims class clause
    clauses clean clear client clinical close code cold command commission common communication communications
    community compensation competition complaint complete compliance component computer conclusion condition
    conditions conference confidential confidentiality congress consent consequential considering contents continuing
    contract contractor contractors contracts control copy copyright core cost costs council countries country court
    cover credit critical cross current customer customers daily damage damages data database date dates day days
    deadline dear debt decision default defects definition definitions degree delivery demand department deposit
    description design despite detail details development device digital direct director directors discharge licensee
    licensor licensees lessee lessor vendor vendors disclosure discount obtain provide attend war wars revolution
    dynasty engineering technologies solutions software systems services products media networks energy electric
    logistics partners capital entertainment works international castings estates labs apt suite unit flat floor
    discussion dispute distributor district dividend division do document documents does domestic double down draft
    drive due during duration duties duty each early earth economic economy edition education effect effective effects
    eight either election electrical electronic email emergency employee employees employer employment end engine
    english entire environment equipment error essential estimate even event events every evidence example exchange
    exclusive execution executive exhibit expense expenses experience expert export external facility failure fair
    family fault feature federal fee fees few field figure file final finance financial finally find fire first fiscal
    five fixed flow follow following food for force foreign form former forms found four frame free frequency from
    front fuel full fund further future game gas general get given global go gold good goods governing government
    grade green gross ground group guarantee guide had hand handbook has have he head health heat her here high higher
    his historical history holiday holidays home hot hour hours how however human i if image impact import important
    improvement in including income indemnity independent index industrial industry information initial injury inner
    input inspection installation instead instruction instructions insurance intellectual interest interim internal
    internet introduction inventory investment invoice invoices is issue issues it item items its job joint journal
    judge junior just key kit known labour labor land language large last late later law laws leader league lease
    leave left legal lessons let letter level levels liabilities liability licence license life light limit limitation
    limited line liquid list live load loan local location long loss losses low lower machine main maintenance major
    make making management manager managers manual manufacturing many map marine market marketing master material
    materials maternity matter max maximum measure measurement mechanical medical medicine meeting meetings member
    members memory message method middle military minimum minister ministry minor minutes mission mobile mode model
    models modern money month monthly more most motor movement much music must name names national natural nature navy
    near net network new news next nine no nominal none normal north not note notes nothing notice notices now nuclear
    number numbers objective objectives obligations of off offer office officer officers official oil old on once one
    online only open operating operation operational operations operator opposition option options or order orders
    ordinary organisation organization original other others our outer output outside outstanding over overall
    overtime overview own owner page pages paper parent park part participants parties parts party passenger password
    past patent path payment payments peak pension people per performance period permanent permission person personal
    personnel phase phone physical place plan plans plant play please point points police policies policy political
    popular position possible post potential power practice premium premises present president press pressure
    prevention previous price prices primary prime principal principles print prior private probation problem problems
    procedure procedures proceedings process processing product production professional profit program programme
    project projects property proposal protection protocol provided provision provisions public publication pump pumps
    purchase purchaser purpose quality quantity quarter quarterly question questions quick rail railway range rate
    rates ratio raw reading ready real reason receipt recent recommendation recommendations record records recovery
    reference references regional register registered registration regular regulation regulations related release
    relevant remarks remedies remote renewal rent repair repairs replacement report reporting reports representative
    request required requirement requirements research reserve reserves resolution resource resources response
    responsibility responsible restore result results retail return returns revenue review right rights risk risks
    road role room rotating route rule rules run safety salary sale sales same sample san scale schedule school
    science scope score sea season seat second secretary section sector secure security see select self seller senate
    senior sensor series serious server service session set settlement seven several severance shall share shareholder
    shareholders shares she sheet shift ship shipping short should show sick side sign signature silver similar simple
    since single site six size small smart so social society solution some source space spare special specific
    specification speed sports staff stage standard standards star start state statement states station status
    statutory steel step still stock stop storage store strategic strategy street structure student students study sub
    subject such suitable summary super supplier suppliers supply support surface survey suspension system table
    target task tax taxes team technical technique technology temperature temporary ten tenant term termination terms
    test testing tests than that the their them then there therefore these they third this those three through thus
    time times title to today together tool tools top total track trade trading traffic training transfer transport
    travel treaty trial truck true trust turn two type types under union united units university unless until up
    update upper usage use used user users using valid value values valve van various vehicle version very vice video
    view visit visitor voice volume wage warehouse warning warranties warranty was waste watch water way we weather
    web week weekly weight welcome well were what when where whereas which while white who whole why will wind window
    wire with within without women word words work worker workers working workplace world would write written year
    years yearly yes you your zero zone thank thanks kind regards sincerely yours faithfully signed hi hello hey okay
    sorry sure maybe apple amazon google microsoft intel nvidia facebook adobe oracle cisco samsung sony nokia windows
    linux android python java javascript excel outlook powerpoint chrome firefox docker kubernetes postgres redis
    github bible god lord king queen prince princess duke emperor pope bishop colonel captain lieutenant sergeant
    admiral senator governor mayor professor ambassador sheriff justice marshal earl baron count american catholic
    christian jewish muslim islamic protestant buddhist hindu soviet nazi victorian roman ottoman byzantine norman
    admissions applicants candidates citizens colleagues donors editors everybody everyone fellow fellows
    folks friend friends gentlemen guardians guest guests hiring investor investors ladies mates neighbors neighbours
    parents payable readers receivable receivables recruiter recruiters recruiting recruitment relations resident
    residents selection shareholder stockholder stockholders subscriber subscribers supporters teacher teachers
    tenants valued volunteers
    """.split()
)
"""Words that stand with a capital in headings, forms and at the start of sentences, and in no name."""
BRANDS = frozenset(
    """
    morgan_stanley john_deere marks_spencer johnson_johnson ernst_young jack_daniels ben_jerry louis_vuitton hugo_boss
    calvin_klein ralph_lauren tommy_hilfiger charles_schwab goldman_sachs merrill_lynch wells_fargo harley_davidson
    rolls_royce aston_martin mercedes_benz alfa_romeo mary_kay sara_lee virgin_atlantic virgin_media virgin_mary
    morgan_chase booz_allen_hamilton arthur_andersen philip_morris_international lockheed_martin tim_hortons
    eli_lilly jones_lang thomson_reuters warner_brothers hewlett_packard sherwin_williams dow_jones
    johnnie_walker michael_kors jimmy_choo estee_lauder max_factor
    dr_pepper dr_martens mr_coffee mrs_butterworth mr_clean earl_grey claude_opus claude_sonnet claude_haiku
    victoria_sponge walt_disney julius_baer
    smith_wesson barnes_noble allen_overy mary_celeste queen_mary monte_rosa
    santa_claus st_john san_francisco monte_carlo las_vegas los_angeles new_york hong_kong max_planck ray_ban
    """.split()
)
"""Names of companies and places made of people's names, joined by an underscore."""
STREETS = tuple(
    """
    Street St Road Rd Avenue Ave Lane Ln Drive Boulevard Blvd Crescent Cres Gardens Gdns Mews Terrace Highway Hwy
    Parkway Pkwy Turnpike Quay Str
    """.split()
)
"""Ends of English street names, without the full stop that may follow."""
WEAK_STREETS = tuple(
    """
    Dr Way Close Court Ct Square Sq Place Pl Grove Row Walk Hill Park Parade Wharf Yard Circle Cir Trail Trl Alley
    Esplanade Broadway Green Rise View Vale Plaza Loop Path Ridge Estate Embankment Crossing Commons Heights Terr
    """.split()
)
"""Ends of street names that are as often another word: a town, a flat or a postcode has to follow."""
STATES = tuple(
    """
    AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA
    RI SC SD TN TX UT VT VA WA WV WI WY DC PR GU VI AE AP AA NSW VIC QLD SA TAS ACT NT ON QC BC AB MB SK NS NB
    """.split()
)
"""Codes of the US states (with military mail), the Australian states and the Canadian provinces."""
ROADS = tuple(
    """
    straße strasse str. gasse weg platz allee damm ufer gatan gade gata vej veien vegen vägen väg laan straat plaats
    plein kade dreef steenweg katu utca útja út ulica ulice náměstí chaussee
    """.split()
)
"""Ends of street names on the continent, where the number follows."""
RUES = tuple(
    """
    rue avenue boulevard place allée chemin quai impasse cours route square via viale piazza corso vicolo rua avenida
    travessa praça calle paseo plaza carrer camino ul. al. pl.
    """.split()
)
"""Beginnings of street names in French, Italian, Portuguese, Spanish and Polish."""
COUNTRIES = tuple(
    """
    UK U.K. USA U.S.A. US United_Kingdom United_States England Scotland Wales Northern_Ireland Ireland Germany
    Deutschland France Italy Italia Spain España Portugal Netherlands Belgium Austria Österreich Switzerland Schweiz
    Sweden Norway Denmark Finland Poland Polska Czechia Canada Australia New_Zealand India China Japan Singapore
    Hong_Kong Taiwan Brazil Mexico
    """.split()
)
"""Countries that may end an address, an underscore for a space."""
