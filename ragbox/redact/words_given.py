"""Given names in Latin letters: plain sets of lower-case words. Knows no rule; `names_en.py` does."""

from __future__ import annotations

from .words_given_world import GIVEN_WORLD

GIVEN = GIVEN_WORLD | frozenset(
    """
    aaron abby abdul abdullah abel abigail abraham ada adam addison adele adeline aditya adrian adriana adrienne
    agatha agnes agnieszka ahmad ahmed aidan aileen aisha ajay akira alan alana alastair albert alberto alec alejandra
    alejandro aleksandar aleksandr alessandra alessandro alessia alex alexa alexander alexandra alexandre alexandria
    alexei alexis alfie alfonso alfred alfredo ali alice alicia alina alison alistair allan allen allison alma alvaro
    alvin alyssa amanda amber amelia amelie amina amir amit amy ana anastasia andre andrea andreas andrei andres
    andrew andrzej andy aneta angel angela angelica angelina angus anil anita anja anjali ann anna annabel anne
    anneliese annette annie antoine anton antonia antonio anya archie ari ariana arianna arjun arlene arman armando
    arnaud arnold aron arthur arturo arun asha ashley ashok astrid audrey august aurora axel ayesha barbara barney
    barry bartosz basil beata beatrice beatrix beatriz becky belinda ben benedict benjamin bernadette bernard bernd
    bernice bert bertha bertram bessie beth bethany betsy betty beverley beverly bianca birgit bjorn blake blanche bob
    bobby bonnie boris bradley brandon breanna brenda brendan brent brett brian brianna bridget brigitte brittany
    brooke bruce bruno bryan bryce bryony byron caitlin caleb callum calvin cameron camila camilla camille candice
    carina carl carla carlos carly carmen carol carole carolina caroline carolyn carrie carsten casey cassandra
    catalina caterina catherine cathy cecil cecilia cecily cedric celeste celia celine cesar charlene charles charlie
    charlotte chelsea cheryl chester chiara chloe chris christa christian christiane christina christine christoph
    christophe christopher christy ciara cindy claire clara clarence clark claude claudia claudio claus clayton
    clement clifford clint clive clyde cody colette colin colleen connie connor conor conrad constance cora corey
    corinne cornelia cornelius courtney craig cristian cristina crystal curtis cynthia cyril daisy damian damien damon
    dan daniel daniela daniele daniella danielle danny daphne darcy daria darius darlene darrell darren daryl dave
    david dawid dawn dean deanna debbie deborah debra declan deepak deirdre delia delilah della delores denis denise
    dennis derek desmond devin diana diane dianne diego dieter dilip dimitri dina dinesh dirk dmitri dolores dominic
    dominik dominika dominique don donald donna dora doreen doris dorota dorothea dorothy doug douglas duncan dustin
    dwayne dwight dylan eamonn ebony ed eddie edgar edith edmund edna eduardo edward edwin eileen elaine eleanor elena
    eli elias elijah elisa elisabeth elise eliza elizabeth ella elle ellen ellie elliot elliott ellis elmer eloise
    elsa elsie elvira emanuel emil emilia emilie emilio emily emma emmanuel emmett enrico enrique eric erica erich
    erik erika erin ernest ernesto ernst erwin esmeralda esperanza estelle esther ethan ethel etienne eugene eugenia
    eunice eva evan evelyn ewa ewan fabian fabio faith farah fatima federica federico felicia felicity felipe felix
    fernanda fernando filip finn finlay fiona flora florian floyd frances francesca francesco francine francis
    francisco franco francois frank frankie franz fraser fred freda freddie frederic frederick frederik freya frida
    friedrich fritz gabriel gabriela gabriella gabrielle gareth gary gavin gemma gene genevieve geoffrey george
    georgia georgina gerald geraldine gerard gerhard gertrude giacomo gideon gilbert giles gillian gina ginger
    giovanni giulia giuseppe gladys glen glenda glenn gloria gordon grace graham grant greg gregor gregory greta
    gretchen grzegorz guadalupe guillaume guillermo gunther gus gustav gustavo guy gwen gwendolyn hailey hamish hanna
    hannah hannes hans harold harriet harris harry harvey hassan hazel heather hector heidi heike heinrich heinz helen
    helena helene helga helmut hendrik henri henrietta henrik henry herbert herman hilary hilda hiroshi holly hope
    horace howard hubert hugh hugo humphrey ian ibrahim ida ignacio igor ilse imani imogen imran ines inga inge ingo
    ingrid inka ioana irene irina iris irma irving isaac isabel isabella isabelle isaiah isla isobel ivan ivana ivor
    ivy jack jackie jackson jacob jacqueline jacques jade jaime jake jakob jakub jamal james jamie jan jana jane janet
    janice janine jared jaroslav jasmin jasmine jason jasper javier jay jayden jean jeanette jeanne jeff jeffery
    jeffrey jelena jen jenna jennie jennifer jenny jens jeremiah jeremy jerome jerry jesse jessica jessie jesus jill
    jim jimmy joan joanna joanne joaquin jocelyn jochen jodie joe joel joerg johan johann johanna johannes john johnny
    jon jonas jonathan joost jordan jorge jose josef josefina joseph josephine josh joshua joy joyce juan juanita jude
    judith judy jules julia julian juliana julie juliet julio julius jun june jurgen justin justine kamal kamila karen
    karim karin karina karl karla karolina karsten kasia kate katarina katarzyna katerina katharina katherine kathleen
    kathryn kathy katie katja katrin katrina katy kavita kay kayla keith kelly kelsey kelvin ken kendra kenneth kenny
    kent kenji kerensa kerry kevin khalid kiera kieran kim kimberly kirk kirsten kirsty klara klaus konrad konstantin
    kris krishna kristen kristian kristin kristina kristine krystyna krzysztof kurt kyle lana lance lara larissa lars
    latoya laura lauren laurence laurent lawrence lea leah leanne lee leila lena lenka leo leon leona leonard leonardo
    leroy lesley leslie leticia lewis liam lidia liesel lila lillian lilian lilly lily lin lina linda lindsay lindsey
    linus lionel lisa liz lizzie lloyd logan lois lola lorena lorenzo loretta lori lorna lorraine lottie lou louie
    louis louisa louise luc luca lucas lucia luciana lucille lucinda lucy luigi luis luisa luka lukas lukasz luke luna
    lydia lyle lynda lynn lynne mabel maciej mackenzie maddie madeleine madeline madison mads magda magdalena maggie
    magnus mahmoud maja malcolm malgorzata malik mandy manfred manuel manuela marc marcel marcela marcelo marcia
    marcin marco marcos marcus marek margaret margarita margarete margit margot marguerite maria mariam marian mariana
    marianne marie mariella marilyn marina mario marion marisa marisol marissa marjorie mark marko markus marlene
    marlon marsha marta martha martin martina marty marvin mary maryam masha mateo mateusz mathew mathias mathieu
    mathilde matilda matteo matthew matthias matthieu maud maureen maurice mauricio max maxim maxime maximilian maxine
    may maya megan mehmet melanie melinda melissa melody melvin mercedes meredith mia micah michael michaela michal
    micheal michel michele micheline michelle miguel mihai mikael mike mikhail mila milan mildred miles millie milo
    milos mina minnie mira miranda miriam mitch mitchell mohamed mohammad mohammed moira molly mona monica monika
    monique morgan moritz morris moses muhammad muriel murray myra myriam myrtle nadia nadine nancy naomi natalia
    natalie natasha nathalie nathan nathaniel neal ned neha neil nellie nelson nestor neville niamh nicholas nick
    nicki nicky nico nicola nicolas nicole nigel nikhil nikita nikola nikolai nils nina noah noel noelle nora norbert
    noreen norma norman octavia odette olaf oleg olga oliver olivia olivier omar opal orlando oscar oskar osman otis
    otto owen pablo paige pamela paola paolo pascal pat patrice patricia patrick patsy paul paula paulette paulina
    pauline paulo pavel pawel pearl pedro peggy penelope penny percy perry petar pete peter petra philip philippa
    philippe phillip phoebe phyllis pierre piotr polly poppy prakash pranav priscilla priya quentin quincy rachel
    radek rafael rafal rahul raj rajesh rakesh ralf ralph ramesh ramon randall randy raphael raquel rashid raul ravi
    ray raymond rebecca regina reginald reinhard rekha rene renata renate renee reuben rex rhoda rhonda ricardo
    riccardo richard rick ricky riley rita rob robbie robert roberta roberto robin rochelle roderick rodney rodrigo
    roger rohan roland rolf roman ron ronald ronan ronnie rory rosa rosalie rosalind rosanna rose rosemarie rosemary
    rosie ross rowan roxanne roy ruben ruby rudolf rudy rufus rupert russell ruth ryan sabine sabrina sadie sally
    salma salman salvador sam samantha samir samuel sandeep sandra sandro sandy sanjay santiago sara sarah sasha
    saskia saul sean sebastian selena selina selma serena serge sergei sergio seth shane shannon sharon shaun shauna
    shawn sheena sheila shelby shelley shelly sheri sherry shirley sidney siegfried sienna silke silvia simon simone
    sinead slavica sofia sofie solomon sonia sonja sonya sophia sophie soren spencer stacey stacy stan stanislav
    stanley stefan stefanie stefano stella stephan stephane stephanie stephen steve steven stewart stuart sue summer
    sunil suresh susan susanna susanne susie suzanne suzy svetlana sven sybil sydney sylvia tabitha tamara tamika
    tammy tania tanja tanya tara tariq tasha tatiana taylor ted terence teresa teri terrance terrence terri terry
    tessa thea thelma theo theodore theresa therese thomas tiago tiffany tilda tim timothy tina tobias toby todd tom
    tomas tomasz tommy toni tony tracey traci tracy travis trevor tricia tristan troy trudy tyler tyrone ulrich ulrike
    ursula ute uwe valentina valeria valerie vanessa vera verena vernon veronica veronika vicki vickie vicky victor
    victoria vijay vikram viktor viktoria vince vincent vincenzo viola violet virgil virginia vivian vivien vladimir
    wade walter wanda warren wayne wendell wendy werner wesley wilbur wilfred wilhelm will willa willem william willie
    wilma winifred winston wojciech wolfgang xavier yasmin yasmine yolanda younes youssef yuki yuri yusuf yves yvette
    yvonne scott anthony kaylee brandi bozena kalman rogelio ludwig alena layla haley roksana rakel niklas klaudia
    kacper petr johnathan laurie weronika billy katelyn dariusz kornelia darin kian orville samira briana rachael
    shari kristy alonso sylwia ashlee colton kellie kristopher tonya kelli lasse emre mikkel einar keisha destiny
    yesenia clotilde gilberto gerardo sergey andrey aleksei halina kinga olena oksana svitlana yulia ekaterina
    anastasiia ingeborg sigrid solveig astri henning torsten jorg juergen joern gunnar leif hakan fatma emine mustafa
    hasan huseyin zeynep omer layth noor leyla nasser khadija tomoko keiko yuko takashi kazuo akiko haruto sakura minh
    linh thanh nguyet duc siti budi nur putri lakshmi sunita pooja neeraj manoj deepika rohit ananya divya suman
    chinwe ngozi emeka kwame kofi ama thabo sipho lerato zanele amahle tomislav marija dragan goran zoran jasna bojan
    dusan vesna radmila zdenek jiri vaclav ondrej eliska bohdan taras oleksandr kateryna siobhan mei wei ling jing hui
    xiaoming zach zachary zara zbigniew zoe zofia zoltan zuzana
    """.split()
)
UNSURE = frozenset(
    """
    addison amber angel art ash asha august aurora autumn basil bill blake bob brent brook brooke carol carole casey
    chase chelsea christian chuck clark clement cliff clint cody constance crystal curtis daisy dale dawn dean della
    don drew duke earl ebony ed elle ellis faith fern flora florence frank gene ginger glen glory grace grant guy
    hazel heath henri holly hope hunter iris ivy jack jackson jade jan jasmine jay jean jesus jewel jordan joy jun
    june kay kelvin ken kent kerry lance lane laurence laurel lee lin lily logan lou luna luke madison mark mason max
    may melody mercedes mercy micah miles milan minnie mitchell mona morgan morris nelson noel norm opal orlando otis
    page pat patience pearl penny pierce poppy ray raj red reed regina rene rex rich riley rob robin roman rose
    rosemary ross rowan roy ruby rusty sage sally sandy santiago saul savannah shelby sienna sky spencer stan stanley
    stewart summer sue sydney taylor ted tessa theo tim tom troy van victor victoria viola violet virginia wade warren
    claude hugo alexa gemma norman franco destiny ama nur noor will winston ali ari axel san alma ada eli elsie
    charlotte georgia alexandria carolina francisco salvador jerome melbourne clarence houston dallas austin lincoln
    washington paris chester lancaster guadalupe esperanza bonnie ella inge ines vera mina neal howard harris russell
    perry lloyd murray gordon graham stuart douglas cameron duncan bradley leslie allen arnold barry byron
    anand ariel blanca boyd brady bryant carlton dixie dudley elvis encarnacion everett fletcher forrest franklin gaia
    garrett hadley hal harlan kendall levi lowell luther maddison mae magali maha maxwell merle milagros minerva
    natividad nieves nolan octave olympe paisley pilar portia raman randolph ratan saba salim sami sana seymour sherman
    titus truman valentin vaughn wallace whitney willard wyatt
    """.split()
)
"""Given names that are as often a word, a town, a month or a surname: alone they count for nothing."""
WORDS = frozenset(
    """
    will may mark bill grant hope grace joy summer autumn august amber angel ash art basil brook brooke chase chuck
    cliff clint dale dawn dean don drew duke earl ed faith flora gene ginger glen glory guy heath holly iris ivy jack
    jade jay jewel june lane laurel lily lou luna mason max mercy miles page pat patience pearl penny pierce poppy ray
    raj red reed rex rich rob robin rose rosemary rowan ruby rusty sage sally sandy savannah sky stan sue troy van
    victor viola violet warren wade alma ada eli georgia carolina virginia florence sydney melbourne charlotte houston
    dallas austin lincoln washington paris chester lancaster santiago san salvador francisco jordan chelsea orlando
    jerome roman norman franco christian claude hugo alexa gemma constance destiny crystal clement nur noor ama jesus
    mercedes asha shelby winston victoria alexandria esperanza aurora melody norm
    celeste dixie forrest minerva octave olympe paisley portia blanca pilar herb gaia
    """.split()
)
"""Those of them that are a word or a town: not even an unknown surname makes a name of them."""
