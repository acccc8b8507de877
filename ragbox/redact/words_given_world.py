"""Given names of the world that `words_given.py` has not: a plain set of lower-case words. Knows no rule."""

from __future__ import annotations

GIVEN_WORLD = frozenset(
    """
    aaliyah aart aase abdelaziz abdulrahman abelardo abena abhay abhijit abhinav abhishek abimbola abiodun achille achim
    adaeze adalberto adan adaora addie adebayo adekunle adela adelaida adelheid adelina adeola adewale aditi adnan adolf
    adolfo adriaan adriano afonso agata agathe agnese agostino agustin agustina aharon ahmet aitana aitor ajit akanksha
    akash akhil akihiro akihito akiva akos akosua aksel akshay akua alain alanna alasdair albrecht aldo aleksander
    aleksandra aleksej alessio alexandros alexey alexia alfio alfonsina aline alisa alisha alissa alix aliya allegra
    alois aloisio alok alondra alonzo alphonse althea alzbeta amado amadou amaia amal amalia aman amancio amandine amani
    amar amara amarjit amaury amaya ambika ambrogio ambroise amedeo amichai amin aminata amira amita amitabh amjad amnon
    amos amparo amrita anabel anais anand anant anas anastasios anat anatoliy anatoly anders andras andrej andrii andriy
    angele angeliki angelique angelo angelos anibal anika aniko anirudh anish anjana anju anke ankit ankita ankur
    annalisa annamaria annarita annegret anneke annelies annemarie annemieke annika anouk anselme anselmo ansgar antje
    antoinette antonella antonello antonietta antonin antonino antonis anuj anupam anuradha anurag anusha anwar aparna
    apolline apostolos araceli arash arati aravind arcangelo archana arend ariadna ariane arie ariel arielle arif arjan
    arjen arkadiusz arkady arlo armand armelle armin arnaldo arnau arne arno arnulf arpad arpita arrigo arsenio artem
    artemio artur arvid arvind aryan aryeh asad asaf asami asbjorn asger ashish ashleigh ashlyn ashutosh ashwin ashwini
    asif asma assunta asuka athanasios athina atsuko atsushi attila attilio atul audra augustine augusto augustus
    aurelia aureliano aurelie aurelien aurelio avi avichai avigail avinash avner avraham axelle ayaka ayako ayala ayana
    ayanda ayelet ayla ayman aymeric ayodeji ayodele ayse ayumi ayush aziz aziza azucena babajide babak babatunde babita
    balaji balakrishnan balazs baldassare balint baltasar balthasar bamidele baptiste barack barbora barbra barnabas
    bartlomiej bartolome bartolomeo baruch bashir basilio bastiaan bastien battista batya begona behrouz bela belen
    bence benedetta benedetto benedicte benedikt beniamino benicio benigno benita benito bennett benno benny benoit
    berend berengere berenice bernarda bernardo bernie berthold bertrand bettina beulah bhanu bharati bhaskar bhavana
    bhavesh bhavna bhupinder biagio bibiana bijay bilal bimal binyamin birger birgitta birgitte birte bjarne blaine
    blanca blandine blazej boaz bodil bodo bogdan boguslaw bolanle boleslaw bongani borge borislav boyd bozidar brady
    bram branislav branko brant braulio brayden breanne brendon brenna brennan brianne brice brielle brigid brigida
    brigitta brijesh britney britt britta brody bronwyn bryanna bryant bryn brynjar burak burkhard burkhardt bushra
    caetano caio caitlyn calista calixto calogero camilo candace candido capucine cara carey caridad carissa carleen
    carley carlijn carlo carlota carlotta carlton carmela carmelo carmine cary casandra casimiro cassidy cassie cassio
    catarina cathleen cathryn catia cayetana cayetano cecile cecilio celestino celina celso cem cemal cesare cezary
    chaim chaitanya chana chandan chandni chandra chantal chantelle charalampos charleen chelsey cherie chetan chiamaka
    chibueze chidi chidinma chie chieko chihiro chika chikako chike chimamanda chinedu chinonso chinyere chioma chirag
    chitra christal christel christelle christof christoffer christos chrysoula chukwudi chukwuemeka cicely cindi cintia
    cinzia cipriano cirilo ciro claas clair clarissa clarisse claudette claudine clelia clemence clemente clementine
    cleo clothilde coen colby conceicao concepcion concetta conchita constantin consuelo coralie cordelia corentin
    corinna cornelis corrado cory cosimo cosme costantino costanza cristiana cristiano cristobal csaba csilla cuauhtemoc
    cullen curt cyndi cyprien cyrille cyrus czeslaw daan dagmar dagny dahlia daichi daiki daisuke dalia dalibor damaris
    damiano damion dana dane danica danijel danilo dante danuta daren darina dario dariush darko darla darrin darryl
    darshan davide davina deandre deanne debasish deepa deepti deidre dejan delbert delfin delmar delphine demetrio
    demetrius denes denice deniz denny denys deon derick derrick desiderio desiree desislava detlef detlev devendra
    devorah dexter dezso dhananjay dharmendra dhruv dianna didier diederik dietlinde dietmar dietrich dilara dillon
    dimitar dimitra dimitrios dimitris dino diogo dion dionisio dionne dionysios dipak dipti dixie dmitriy dmytro
    domenica domenico domingos dominick donata donatella donato donnell donnie donovan dorian dorotea dorothee douwe dov
    dragana dror duane dudley durga dvora earnest ebba eberhard ebru eckart eckhard eddy edelmira edeltraud edgard
    edgardo edilberto edmond edmondo edmundo edoardo edouard edson eduarda edwina edyta eefje efrain efua egbert egidio
    egil egon ehsan ehud eiichi eiji eike eilif einat eirik eirini eitan eivind ekene elad eladio elaina elazar elbert
    eldon eleftheria eleftherios eleni eleonora eleonore eleuterio elfriede eliana eliezer elif elin elinor elio
    elisabete elisabetta eliseo elisha eliyahu elke ellinor elmo elodie eloi eloisa elon eloy elsbeth elton elva elvis
    elwood elyse elzbieta emad emanuela emanuele emeric emery emese emiko emilee emiliano emilien emilija emir
    emmanuelle emmet emmy encarnacion endre engelbert enid ennio enoch enric enrica enver enza enzo ephraim epifanio
    erdem erez erhard erick ericka erland erling erma ermanno erna ernestine erzsebet eskil esme espen esra essie
    esteban estefania estela estella estevao eszter etsuko ettore eufemia eugenie eugenio eula eulalia eulogio eusebio
    eustace eustaquio evangelia evangeline evangelos evaristo evelyne everett everette evert evgeni evgenia evgeniya
    evgeny evie ewald eyal ezekiel ezequiel ezio ezra fabiana fabiano fabien fabienne fabiola fabrice fabricio fabrizia
    fabrizio facundo fadi fahad fahd faisal fannie fanny farhad farhan faris farooq farouk farrah faruk fatih fatimah
    fatou fatoumata fausta faustina faustino fausto fawzi fay fedor feliciano felisa femi femke ferdinand ferdinando
    ferenc ferhat fermin fernand feroz ferruccio fidel filipa filipe filippa filippo filomena fiorella fiorenza fiorenzo
    firas flaminia flavia flavie flavien flavio fletcher florencia florencio florent florentin florentino florinda
    florine floris folake folasade forrest fortunato fotini francisca franciszek francoise franjo franka franklin frans
    franziska frauke frederique fredrick fredrik freek friedemann frieder friederike friedhelm friso frithjof frode
    froilan fuad fulgencio fulvia fulvio fumiko fumio funmilayo furkan gabby gabino gabor gabriele gael gaelle gaetan
    gaetana gaetano gaia gail galen galina galit gamal ganesh garance garrett garry garth gaspar gaspard gaspare gaston
    gaurav gauri gautam gauthier gayle gebhard geert geeta geetha geir gena genaro gennadiy gennaro genoveva geoff
    geoffroy georg georges georgette georgi georgie georgios gerben gerd gerda gergely gergo geri gerlinde germain
    germaine germana germano gerold gerrit gerry gershon gervasio gesa gesine geza ghada ghassan ghislain ghislaine
    giacinto giada giampaolo giampiero giancarlo gianfranco gianluca gianluigi gianmarco gianna gianni giannis gianpaolo
    gianpiero gigi gijs gijsbert gilad gilda gilles ginette gino gioacchino gioele giordano giorgia giorgio giorgos
    giosue giovanna girish girolamo gisela gisele gisella gita gitte giuditta giuliana giuliano giulio giuseppina glenna
    godfrey goffredo gokhan goncalo gonzalo gopal gopinath gordana goro gottfried gotthard gottlieb govert govind graca
    gracie graciela grady graeme graziano graziella gregoire gregoria gregorio grigori grigoriy griselda gualtiero
    gudrun guenter guenther guglielmo guido guillermina gulnara gundula gunhild gunilla gunter gurmeet guro gurpreet
    gustave guus gwenael gwenaelle gwyneth gyorgy gyula haakon habib habiba hadas hadassah hadi hadley hadrien hafsa
    hagai haifa haim hakim hakon hal halldor hallie halvard halvor halyna hamad hamdan hamid hamza hanan hanh hani hank
    hanne hanneke hannelore harald harish harlan harmen harpreet harsha harshad harshit hartmut hartwig haruka haruki
    haruko harumi harun hatem hatice hattie hayley heba hedda hedvig hedwig hege heidrun heiko heiner heino heitor
    heleen helle helmuth heloisa hema hemant hendrika hendrikus henk henriette henrique henryk heribert heriberto
    hermann hermine herminia herminio hernan herschel herta hertha herve hester hicham hidde hideaki hideki hideko hideo
    hien hieu hikari hikaru hilario hilde hildegard hillary hiltrud himanshu hinata hippolyte hiram hiroaki hiroki
    hiroko hiromi hiroto hiroyuki hisako hisashi hisham hitesh hitomi hitoshi hjalmar hoai hoang holger horst hortense
    hortensia hossein hrvoje hubertus huda hugues humaira humberto huong husain hussain hussein huy hyejin hyunwoo
    iacopo ibrahima ichiro idan idowu idris ifeanyi ifeoma ignacia ignatius ignazio ihor ihsan ikechukwu ikenna iker
    ilan ilana ilaria ilario ildefonso ildiko ileana ilham iliana ilka ilona ilya imad iman imelda imke immacolata imre
    inacio inbal indira ineke inez ingela ingmar ingolf ingvar ingvild inmaculada inna inocencio ioan ioanna ioannis
    iolanda ionut ippolito iqbal irena irfan irit irmgard irmtraud irvin iryna isadora isaias isamu isaura ishaan ishaq
    ishita isidora isidoro isidro ismael ismail isolde istvan itai itamar itsuki itumeleng itzhak itziar ivanka ivano
    ivar iver ivete ivette ivica ivo ivone iwona izabela izabella izumi jaap jabulani jacek jacinta jacinto jacklyn
    jacky jaclyn jacobo jacobus jacopo jacquelyn jaden jadranka jadwiga jaehyun jafar jagdish jalal jalen jamaal jamar
    jami jamil jamila janae janaina janel janell janette janez janie janina janis janna janneke janos janusz jarle
    jaromir jaroslava jaroslaw jarrett jarrod jasmina jaspreet jatin javad javiera jawad jaxon jaya jayant jayanta
    jayanti jayda jayesh jayla jayme jayne jayson jazmin jeanie jeannette jeannie jeannine jed jedidiah jeffry jelka
    jelle jemima jenelle jenifer jensen jerald jeri jermaine jeroen jeronimo jerrod jerzy jeske jesper jessika jethro
    jignesh jihoon jillian jimena jimmie jindrich jiro jisoo jitendra jitka jitske jiwon joachim joakim joana joann joao
    joaquim joaquina jocelyne jochem jodi joelle joep joey johanne johnathon johnnie jolanda jolanta jolene joni jonna
    joop jordi jordyn jorgen joris jorn jorunn josefa josefine josette josiah josiane josie josip josue jovan jovana
    jovita jozef jozsef juana juanito judi judit julianna julianne julien julienne julieta juliette julija julissa
    junaid jungho junichi junko jurriaan justina justino justyna jutta jyoti kaare kabir kaden kadir kagiso kai kailash
    kaisa kaitlin kaitlyn kajal kajsa kaleb kalina kalliopi kalpana kamala kamau kamil kamlesh kanako kanchan kanika
    kaori kaoru kapil kara karan kareem karel kari karissa karley karlheinz karol karola karoly karolyn karthik kartik
    karyn kasey kasper kassandra katalin kathrin kathrine katia katina katrine katsumi katsuo kaushal kaushik kavya kaya
    kayode kazimierz kazuhiko kazuhiro kazuki kazuko kazuma kazuya keaton keegan keenan kees kehinde keiji keira keisuke
    kelechi kelley kelsie kemal kendall kendrick kenichi kenna kenta kento kerem keri kermit kerri kerstin keshav keshia
    ketan ketil khadijah khaled khalil khanh khoa kiana kiara kieron kiley kilian kimberlee kimberley kimiko kira kiran
    kiril kirill kirsti kirti kishore kiyoko kiyoshi kjell kjersti kjetil klaas knud knut kody koen koenraad koichi koji
    kojo komal konstantina konstantinos konstanze korbinian korey kortney kostas kosuke kotaro krasimir kresimir
    krishnan kristal kristi kristie kristijan kristof kristoffer krisztian krisztina krystian ksenia kseniya kudzai
    kuldeep kumari kumiko kunal kunio kurtis kushal kwabena kwesi kyla kyler kylie kyoko kyosuke kyra kyriaki kyriakos
    lacey ladislav laetitia laila lajos lalit lalita lamar lamberto lamia larisa larry laszlo latasha latisha latonya
    laure laureano laurinda lautaro laverne lavinia laxman laxmi lazaro lazzaro leandra leandre leandro leann leela
    leendert lefteris leigh leland lemuel lene lennart lenny lenora lenore leocadia leoncio leonel leonhard leonidas
    leonie leonor leopold leopoldo leszek letitia letizia levente levi lexi lexie liana lianne licia lidija lieke
    liesbeth lieselotte ligia lilah liliana liliane lilith lillie lindiwe lindy linnea lior liora lisandro lisbet
    lisbeth lise liselotte lisette livia livio liza lizbeth ljiljana ljubica ljubomir llewellyn lodewijk lodovico loes
    loic lokesh lonneke lonnie lorelei lorella lorene lorenza loriana lothar lotta lotte loukas lourdes lourenco lowell
    luana lubna lubomir lubos lucian luciano lucie lucien lucienne lucila lucile lucio lucrecia lucrezia ludger ludivine
    ludmila ludmilla ludovic ludovica ludovico ludvig ludwik luella luigia luigina luiz luiza lula lupe luther luuk
    lydie lyndon lyndsay lyndsey lynette lyudmila maaike maarten maartje maayan mable macarena macario machiko machteld
    madalena madan maddalena maddison madelyn madge madhav madhavi madhu madhuri mae maelle maeve mafalda magali magaly
    magdolna maha mahdi mahendra maher mahesh mahmood mahmud maisie maite majid makoto maksim maksym malachi malak
    malathi malene malia malin malinda malini malka mallory mamadou mamie mamoru mamta manabu manal manasi mandla
    maneesh manish manisha manjeet manju manjula manmohan manny manoel manolo manon mansi mansoor mansour mara marceau
    marcelino marcella marcello marcial marcie marcy maren margarethe margarida margaux margherita margret mariah
    mariangela mariann marianna mariano maribel maricarmen maricela mariela marietta mariette marijan marijke mariko
    marilena mariola marios mariska maristella marit maritza marius mariusz marjan marjolaine marjolein markku marla
    marleen marley marlies marloes marnie marte marthe martijn martim martine martino marton martyna marva marwa marwan
    maryann maryanne marybeth maryellen marylou maryse masaaki masahiko masahiro masaki masako masami masanori masao
    masaru masashi masato masayoshi masayuki masood massimiliano massimo matan matej mateja mateus matheus mathis matias
    matija matilde matt matthijs matti mattia matyas maura maurine maurizia maurizio mauro mavis maxence maximiliano
    maximilien maximino maximo maxwell mayank mayra mayu mayumi mayur mckayla mckenna meagan mechthild meena meenakshi
    meera meghan meghna megumi mehdi mehrdad meike meinhard melania melchor melisa melvyn menachem merav merle merve
    mervin meryl mette micaela micha michalis michela michelangelo michiko mickey midori mieke mieko mihaly miho mikaela
    mikayla mikio mikko miklos mikolaj milada milagros milana milena milica milind millicent miloslav milovan milton
    mimi minako minerva minho minji minjun minoru minsoo mirco mireia mireille mirela mirella mireya mirjam mirjana
    mirko miroslav miroslava miroslaw mirta misaki misako mitali mithun mitsuko mitsuo mitsuru mitzi miyako miyuki
    mizuki mladen mogens mohan mohini mohit moises mollie momoko montse montserrat monty mordecai mordechai morgane
    morten moshe motoko mounir mourad moussa mpho mridula muhammed mukesh mukul munir murad murali murat murilo mustapha
    mykhailo mykola myles myrna myron myrthe nabil nabila nacho nadav nadeem nadege nadezhda nadir nadja naftali nagesh
    nahid naima naina najib nalini namita namrata nanami nandini nandita nandor nanette naoki naoko naor naoto narayan
    narciso naren narendra naresh nasim nasir nasreen nasrin natacha nataliya natalya natasa nathanael natividad naveen
    navin navneet nawal nazanin nazareno nazir ndidi nebojsa neelam neelima neena neeta neide nektarios nelida nell
    nelly nemanja nemesio nenad nerea neta nettie neuza nevaeh nevena ngan ngoc nhung nicanor nicasio nichole nickolas
    nicolae nicoletta nicolette nicolo nidhi niels nienke nieves nikki nikolaos nikolay nikolina nikos nikunj nilda
    nilesh nilson nimrod ninon niraj niranjan nirav nirmal nirmala nisha nishant nitesh nithya nitin nizar nkechi
    nkosana nnamdi noam nobuhle nobuko nobuo nobuyuki noelia noemi noemie nolan nompumelelo nomsa nonhlanhla norah
    norberto noriko norio noura nthabiseng ntombi nuno nunzia nunzio nuria nurit obinna oceane octave octavio odalys
    oddvar odell odete odile ofelia ofir ofra ogechi ohad okan okechukwu olabisi olamide olav olegario oleh olimpia
    oliviero olof oluchi olufemi olumide oluwaseun oluwatobi olympe omid omolara omprakash onno onofre onofrio onur
    onyeka ophelia orazio oreste orhan oriol orit orly orna ornella orsola orsolya orson ortensia ortrud ortwin osama
    ostap osvaldo oswald oswaldo otavio otilia ottar ottavia ottavio ottilie ottmar ousmane ovidio oyvind ozan ozge
    ozzie padma padmini paisley palesa pallavi palle palmira paloma panagiota panagiotis pankaj panos pantelis parag
    paramjit paraskevi parisa parul parvati parvin parviz pascale pascual pasquale pasqualina patricio patrik patrizia
    patrizio patrycja patti patty paulien paulino pavan pavla pavle pavlo pawan payal payton pekka pelle percival
    pernille perrine petro petros petrus petter peyton phil philipp philomena phineas phuc phuong piera pierangelo
    pierfrancesco pierino pierluigi piero pierrick piet pieter pietro pilar pinar pinchas piroska piyush plamen plinio
    polina poonam porfirio portia poul prabha prabhakar prachi pradeep pradip pragya pramod pranay prasad prasanna
    prashant prateek pratibha pratik praveen pravin preben predrag preeti prerna pritam priti priyanka przemyslaw puneet
    purnima pushpa qasim quang quique quoc quyen quynh rachana rachele rachelle rachna radha radhika radka radomir
    radoslav radoslaw radovan rae raed rafaela raffaele raffaella raffaello rafi rafiq raghav raghu ragini ragna ragnar
    ragnhild rahim raimund raimundo rainer raisa rajan rajani rajat rajeev rajendra rajeshwari rajiv rajkumar rajni raju
    rakhi ramakrishna raman ramazan rameshwar rami ramin ramiro ramona randal randi randolph rania raniero ranjan
    ranjana ranjit raoul raphaelle rashad rasheed rashmi rasmus rastislav ratan ratna ravindra rayan raymonde reba
    rebeca rebekah reem reena refilwe reggie regine regis reidar reiko reinaldo reiner reinhild reinhold reinier reka
    remi remigio remy rena renan renato renaud renske renu renuka renzo reshma reuven reva revathi reyna reynaldo reza
    rhea rhett rhiannon rhys riad rianne richa rickey rigoberto rikke rima rinaldo rino rinus rishabh rishi ritchie
    ritesh ritika ritu rivka robbert robyn rocco rocio rodger rodolfo rodolphe roel roelof rogerio rohini rolando romain
    romana romane romeo romina romolo romuald romualdo ronaldo ronda ronen ronit ronny roopa roque rosalba rosalinda
    rosaline rosalyn rosamond rosana rosangela rosaria rosaura roscoe roseanne roselyne rosendo rosita roslyn rossana
    rossella rostislav roswitha rotem rotimi rowena roxana roxie roya rubem ruchi ruchika rudiger rudolph ruediger
    rufina rufino ruggero ruggiero rui rukhsana rupa rupal ruperto rupesh rupinder ruprecht ruslan ruslana russ rutger
    ruthie ruud rylan rylee ryo ryoichi ryoji ryoko ryosuke ryota ryszard ryuichi ryuji saad saba sabina sabino sabri
    sachiko sachin sadaf sadhana sadia sadiq saeed safiya safra sagi sahar sahil saif saima sajid sajjad salah saleem
    saleh salim salome salomon salvatore salwa samanta samara samarth sameer sami samia samina sammy samuele sana sanaa
    sancho sander sandhya sandor sandrine sangeeta sangita sanja sanjana sanjeev sanjiv sanne santosh saori sapna saqib
    saraswati sarika sarita saroj sarolta sascha satish satoko satoru satoshi satsuki saturnino satya satyajit saulo
    saundra saurabh savanna saverio savino savita savitri savvas sayaka sayuri scarlett seamus sebastiana sebastiano
    sebastiao sebastien sedat seema segolene seiichi seiji sekou selim selin semra seojun seoyeon serafim serafin
    serafina serafino serdar serhii serhiy serkan servando setsuko severiano severine severino seymour shabana shabnam
    shadi shahid shahin shahzad shai shailendra shailesh shakeel shakil shalini shamim shana shania shankar shanna
    shantanu shantel shanti sharad sharmila sharron shashank shashi shaul shawna shay shayla shazia sheela sheetal
    sheree sherif sherman sherrie sheryl shigeki shigeko shigeo shigeru shikha shilpa shimon shinichi shinji shinobu
    shinya shiori shira shirin shiv shiva shivam shivani shizuka shizuko shlomi shlomo shmuel shobha shoichi shoji shona
    shoshana shota shraddha shreya shruti shubham shunsuke shweta sibel sibusiso sibylle siddharth siegbert sieglinde
    siegmar siegmund sietske sigal sigmund sigurd silas silje silvana silvano silverio silvestre silvestro silvina
    silvio simao simen simeon simona simran sinan sindre siphiwe sita sivan sixten sixto sizwe sjaak sjoerd skylar
    skyler slavko slavomir slobodan smita smriti sneha snehal snezana snorre sofija sohan soheil sokratis solange
    soledad solene somnath sonal sonali sonam sondra sooyoung soraya sotirios sotiris soumya sourav spyridon spyros
    srdjan sridevi sridhar srikanth srinivas srinivasan staci stacia stacie stamatis stanislas stanislava stanislaw
    stavros stavroula stefania steffen steffi steinar stelios stepan stephany stevie stian stig stijn stina stjepan
    stoyan stylianos subhash subir subodh subramaniam sudarshan sudha sudheer sudhir suellen suely suhail suhas sujata
    sujay sujit sukhdev sukhwinder sumathi sumaya sumeet sumiko sumit sumitra sunanda sundar sundeep suneel sunghoon
    sunniva supriya suraj surendra surinder surjit surya susana sushant sushil sushila sushma sushmita susumu suzana
    suzette svante svein svend svenja sverre svetozar svyatoslav swapna swapnil swati sweta syed sylvain sylvester
    sylviane sylvie synnove szabolcs szilvia tabatha tadao tadashi tadeo tadeusz tafadzwa tahir tahira taichi taiwo
    takahiro takako takao takayuki takehiko takeo takeru takeshi takuma takumi takuya talal talha talia tamar tamas
    tamer tami tamir tammi tammie tancredi tanguy tanmay tanveer tanvi tapan tarcisio tarek taro tarun taryn tatjana
    tatsuo tatsuya tatyana tayfun teddy tegan tejas telma telmo temitope tendai teodor teodora teodoro teofila teofilo
    teresita terje terrell terrie teruo tess tetsuo tetsuya teun thad thaddeus thais thalia thanasis thandeka thandi
    thao themba theodor theodora theodoros theresia thiago thibaud thibault thierry thijs thilo thokozani thor thora
    thorbjorn thorsten thurman thuy tiana tibor tihomir tijmen tillie tilman tilmann timea timmy timo timoteo timothee
    tinashe tineke tiril titilayo titus tiziana tiziano tjeerd toan tobin tolga tomasa tomer tommaso tommie tomohiro
    tomoki tomomi tonia tonino torben torbjorn tord torgeir toribio torill torkel torleif tormod torstein toru torunn
    toshiaki toshihiko toshiko toshio toshiyuki tosin toussaint tova tracie trang traugott tresa trey trijntje trina
    trine trinh trisha trond trude truman trupti truus trygve tsepo tsubasa tsuyoshi tuan tullia tullio tumelo tunde
    turid turki tushar tuva tuyet twila tyra tyrell tzipora tzvi ubaldo uche uchenna uday udo ufuk ugo ulf ulises ulla
    ulrik ulysses uma umair umar umberto umesh umit upendra uriah uriel urmila ursel urszula urvashi usha usman
    utkarsh vadim vahid vaibhav vaishali valarie valdemar valentim valentin valentino valentyn valere valerio valeriy
    valery vandana vanesa vangelis vani vania vanja varsha varun vasant vasco vasil vasile vasiliki vasilios vasily
    vassilis vasyl vaughn veena veerle vegard veit velimir velma venancio venkat venkatesh venugopal vered vern
    veronique veselin vibeke vicenta vicente victoire victoriano victorine victorino vidal vidar vidya viggo vijaya
    vikas vikash vilem vilma vilmos vimal vimala vinay vinayak vineet vineeta vinh vinicius vinita vinod violaine
    violeta violette vipin vipul virendra virgilio virginio vishal vishnu vishwanath vitalii vitaliy vitaly vitoria
    vitorino vittoria vittorio vivek viveka viviana viviane vivienne vladislav vlado vlasta vojtech volkan volker
    volkmar vrinda vyacheslav waclaw wael wafa wahid walburga waldemar waleed walid wallace wally waltraud wambui
    wanjiku wanjiru waqar waseem wasim waylon weldon wenceslao wenzel whitney wiebe wiebke wieslaw wiktor wiktoria
    wilbert wilda wilfredo wilfried wilhelmina wilhelmus willard willemien willemijn wim winfried winnie winona witold
    wladyslaw wlodzimierz wojtek wolfram woodrow wouter wyatt xabier xander xaver ximena xiomara xuan yaa yaakov yadira
    yael yago yahya yair yaiza yakov yakub yamila yamini yana yaniv yann yannick yannis yaron yaroslav yaroslava yaser
    yash yashwant yasin yasir yasuhiro yasuko yasunori yasuo yavuz yegor yehoshua yehuda yejin yelena yesica yetunde
    yevgeny yevhen yiannis yigal yishai yisrael yitzchak yngve yoann yoel yogesh yogita yohan yoichi yoko yolande
    yolonda yonatan yoram yosef yoshiaki yoshie yoshihiro yoshiki yoshiko yoshinori yoshio yoshiyuki yossi yosuke yotam
    younghee youngho yousef yousuf yuichi yuka yukari yukie yukiko yukio yuliya yumi yumiko yunus yurii yuriko yuriy
    yusra yusuke yutaka yuto yuval yuya zacarias zachariah zacharie zack zafar zahid zahir zahra zain zainab zaira
    zakaria zaki zane zdenka zdravko zeev zeinab zelda zeljka zeljko zenaida zev zita zlata zlatan zlatko zodwa zoey
    zohar zoraida zorica zsigmond zsolt zsuzsa zsuzsanna zubair zulema zuzanna zvi zvonimir
    """.split()
)
