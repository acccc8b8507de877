"""Surnames in Latin letters: plain sets of lower-case words. Knows no rule; `names_en.py` does."""

from __future__ import annotations

SURNAMES = frozenset(
    """
    abbott abrams acosta adams adamson addison adkins ahmed aguilar alexander ali allan allen alvarado alvarez anders
    andersen anderson andersson andrews anthony archer armstrong arnold ashton atkins atkinson austin avery bailey
    baird baker baldwin ball ballard banerjee banks barber barker barlow barnes barnett barr barrett barron barry
    bartlett barton bass bates bauer baxter beck becker bell bender bennett benson bentley berg berger bernard berry
    bianchi bird bishop black blackburn blackwell blair blake blanchard boone booth bowen bowman boyd boyle bradford
    bradley bradshaw brady braun brennan brewer bridges briggs brock brooks brown browning bruce bryan bryant buchanan
    buck buckley burgess burke burnett burns burton bush butler byrne cain caldwell calderon cameron campbell cannon
    cantrell cardenas carlson carney carpenter carr carroll carson carter carver castillo castro chambers chandler
    chang chapman charles chase chatterjee chavez chen cheng christensen christian chung church clark clarke clay
    clayton clements cobb cochran cohen cole coleman collier collins combs conley connolly connor conrad contreras
    conway cook cooke cooper copeland cortez costa costello cowan cox craig crane crawford cross cruz cummings
    cunningham curry curtis dalton daly daniel daniels davenport davidson davies davis dawson day dean decker delgado
    dennis desai diaz dickson dixon dodd doherty donaldson donnelly donovan douglas dowling downs doyle drake dubois
    dudley duffy dunbar duncan dunn dunne dupont duran durham dyer eaton edwards egan elliott ellis ellison emerson
    english erickson eriksson espinoza estrada evans everett farmer farrell faulkner ferguson fernandes fernandez
    ferrari ferreira fields figueroa finch finley fischer fisher fitzgerald fitzpatrick fleming fletcher flores
    flowers floyd flynn foley forbes ford forster foster fowler fox francis franco frank franklin fraser frazier
    freeman french frost fry fuchs fuentes fuller fulton gallagher galloway gamble garcia gardiner gardner garner
    garrett garrison garza george ghosh gibbs gibson gilbert giles gill gillespie gilmore glass glenn glover goldberg
    gomes gomez gonzales gonzalez goodman goodwin gordon gould graham grant graves gray green greene greenwood greer
    gregory griffin griffith griffiths grimes gross gruber guerra guerrero gupta gustafsson gutierrez guzman haas hahn
    hale haley hall halvorsen hamilton hammond hampton hancock hanna hansen hanson hardin harding hardy harmon harper
    harrell harrington harris harrison hart hartley hartman harvey hastings hawkins hayden hayes haynes heath
    henderson henry hensley herman hernandez herrera hess hewitt hickman hicks higgins hill hines hobbs hodge hodges
    hodgson hoffman hoffmann hogan holden holland holloway holmes holt hood hooper hopkins horn horne horton house
    houston howard howe howell hubbard huber hudson huff huffman hughes hull humphrey humphreys hunt hunter hurst
    hussain hutchinson ibrahim ingram irwin iyer jackson jacobs jacobson jain james jansen janssen jarvis jefferson
    jenkins jennings jensen jimenez johansen johansson johns johnson johnston johnstone jones jordan joseph joshi
    joyce kane kapoor kaufman kaur kay keller kelley kelly kemp kennedy kent kerr khan kim king kirby kirk klein kline
    knapp knight knowles koch kovac kowalski kramer kraus krause kumar lamb lambert landry lane lang lange larsen
    larson larsson lawrence lawson le leach leblanc lee lehmann leon leonard leroy leslie lester levine levy lewis li
    lim lin lindqvist lindsay lindsey little liu livingston lloyd logan long lopez love lowe lowery lucas lucero luna
    lynch lynn lyons macdonald mack mackay mackenzie macleod madden mahoney maier maldonado malone mann manning marino
    marks marquez marsh marshall martin martinez martini mason massey mathews mathis matthews maxwell may mayer
    maynard mayo mcallister mcbride mccall mccann mccarthy mccarty mcclain mcclure mcconnell mccormick mccoy
    mccullough mcdaniel mcdonald mcdowell mcfarland mcgee mcgrath mcguire mcintosh mcintyre mckay mckee mckenna
    mckenzie mckinney mclaughlin mclean mcleod mcmahon mcmillan mcneil mcpherson meadows medina mehta mejia melendez
    melton mendes mendez mendoza mercado mercer merritt meyer meyers michael middleton miles miller mills miranda
    mishra mitchell molina monroe montgomery montoya moody moon mooney moore morales moran moreau moreno morgan moritz
    morris morrison morrow morse morton moses mosley moss mueller muller mullen mullins munoz murphy murray myers nair
    nash navarro neal nelson neumann newman newton nguyen nichols nicholson nielsen nixon noble nolan norman norris
    norton novak nowak nunez nunn oakley obrien ochoa oconnor odonnell ohara okafor oliveira oliver olsen olson oneal
    oneill orozco orr ortega ortiz osborn osborne owen owens pace pacheco padilla page palmer park parker parkinson
    parks parrish parsons patel patrick patterson patton paul payne pearce pearson peck pena pennington pereira perez
    perkins perry peters petersen peterson petrov pham phelps phillips pierce pittman pitts pollard poole pope porter
    potter potts powell powers pratt preston price prince proctor pruitt pugh quinn ramirez ramos ramsey randall rao
    rasmussen ray raymond reddy reed reese reeves reid reilly reyes reynolds rhodes ribeiro rice rich richard richards
    richardson richter riley rios rivera rivers roach robbins roberts robertson robinson robles rocha rodgers
    rodriguez rogers rojas roman romero rosales rosario rose ross rossi roth rowe rowland roy ruiz rush russell russo
    rutherford ryan salas salazar saleh salinas sampson sanchez sanders sanderson sandoval sanford santana santiago
    santos sanz sargent saunders savage sawyer schaefer schmidt schmitt schmitz schneider schofield schroeder schultz
    schulz schumacher schwartz schwarz scott sears sellers serrano sexton shaffer shah shannon sharma sharp sharpe
    shaw shea shelton shepard shepherd sheppard sherman shields short silva simmons simon simpson sims sinclair singh
    singleton skinner sloan small smith snow snyder solis solomon soto sousa sparks spears spence spencer stafford
    stanley stanton stark steele stein stephens stephenson stevens stevenson stewart stokes stone stout straker
    strickland strong stuart suarez sullivan summers sutherland sutton swanson sweeney sweet sykes talbot tan tanner
    tate taylor terrell terry thomas thompson thomson thornton tierney todd torres townsend tran travis trevino tucker
    turner tyler tyson underwood valdez valencia valentine vance vargas vasquez vaughan vaughn vazquez vega velasquez
    velez verma vincent vogel wade wagner walker wall wallace waller walls walsh walter walters walton wang ward ware
    warner warren washington waters watkins watson watts weaver webb weber webster weeks weiss welch wells west
    wheeler whitaker white whitehead whitehouse whitney wieland wiggins wilcox wiley wilkerson wilkins wilkinson
    williams williamson willis wilson winter winters wise wolf wolfe wong wood woodard woods woodward wright wu wyatt
    yang yates york young tanaka suzuki sato takahashi watanabe ito yamamoto nakamura kobayashi kato yoshida laurent
    haddad hussein zamora zhang zhou zimmerman zimmermann
    """.split()
)
PINYIN = frozenset(
    """
    zhang wang li liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie tang feng deng
    cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lu ding ren shen yao cui tan liao fan jin
    shi jia xia fu fang zou xiong bai meng qin qiu hou yin xue lei yan long duan tao mao hao gu shao wan qian dai mo
    kong xiang chang qiao lai wen gong pang lan ni niu ge xing an qi yi wong chan cheung leung lau kwok ouyang
    """.split()
)
"""Chinese surnames in pinyin, a few as Hong Kong writes them."""
