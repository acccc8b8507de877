"""The signs of an order to a language model, in English and Chinese. Knows no text.

Each is worth the chance that a passage with it gives orders: a sign alone may stand in any manual. Who writes an order
as a plain request ("What is the capital of Brazil?") is not found: nothing sets it apart from a document's text.
"""

from __future__ import annotations

_NOW = r"(?<!not )(?<!never )\b"
_TALK = (
    r"(?:instructions?|directions?|directives?|prompts?|guidelines|commands|orders|messages?|conversations?"
    r"|questions?)"
)
_SAID = (
    r"(?:data|text|info(?:rmation)?|content|context|documents?|passages?|article|paragraphs?|input|rules"
    r"|everything)"
)
_BEFORE = r"(?:above|previous|prior|preceding|earlier|rest of|other|existing|initial|original|system|these|those|your)"
_SAY = r"(?:print|output|say|write|repeat|reply|respond|answer|state|return|report|type|emit)"
_MODEL = (
    r"(?:an? )?(?:ai|a\.i\.|llms?|(?:large )?language models?|chat ?bots?|(?:ai|virtual) assistants?|chatgpt|copilot)"
)
_MADE = (
    r"(?:add|append|include|insert|integrate|incorporate|introduce|embed|replace|remove|rearrange|substitute|swap|use"
    r"|mention|craft|provide)"
)
_BENT = (
    r"(?:modify|enhance|augment|group|rearrange|misspell|alter|write|express|encode|translate|convert|render|scramble"
    r"|shuffle|jumble|separate|combine|squeeze|end|begin|start|anagram|capitali[sz]e|highlight)"
)
_YOURS = r"(?:answer|response|reply|output|solution)s?"

SIGNS: tuple[tuple[float, str, str], ...] = (
    # what was said before shall not count
    (0.9, "ignore|disregard|forget|override|bypass",
     rf"{_NOW}(?:ignore|disregard|forget|override|bypass)\b(?: \w+){{0,4}}? {_BEFORE}(?: \w+){{0,2}} {_TALK}\b"),
    (0.9, "ignore|disregard|forget",
     rf"{_NOW}(?:ignore|disregard|forget)(?: all| any)? (?:the )?{_BEFORE}(?: \w+){{0,3}}? {_SAID}\b"),
    (0.7, "ignore|disregard", rf"{_NOW}(?:ignore|disregard) (?:(?:all|any|the) ){{0,3}}(?:instructions|directions|info"
     r"|prompts?)\b"),
    (0.6, "ignore|forget|disregard",
     rf"{_NOW}(?:ignore|forget|disregard) (?:everything|all|anything) (?:else|above|before|that|you|except|but)\b"),
    (0.9, "忽略|无视|忘记|忘掉|抛开|不要|不必|不用|不再",
     r"(?:忽略|无视|忘记|忘掉|抛开|不(?:要|必|用|再)(?:理会|遵守|遵循|管))[^。！？\n]{0,12}(?:指令|指示|提示词?"
     r"|命令|对话|设定)"),
    (0.7, "忽略|无视|忘记|忘掉",
     r"(?:忽略|无视|忘记|忘掉)[^。！？\n]{0,6}(?:以上|上述|上文|前文|之前|前面|其余)[^。！？\n]{0,6}(?:内容|文字"
     r"|信息|要求|规则|一切)"),
    # what shall be said
    (0.6, "only|just|exactly|verbatim|nothing but",
     rf"\b{_SAY} (?:back )?(?:only|just|exactly|verbatim|nothing but|with only|with just|with exactly)\b"),
    (0.6, "print|output|say|write|repeat|reply|respond|answer|state|return|report|type|emit",
     rf"\b(?:only|just|simply|now|instead|then|and|please|must) {_SAY}(?: out)? "
     r"(?:the (?:following|words?|text|phrase|string)|[\"'“‘<:])"),
    (0.6, "print|output|say|write|repeat|reply|respond|answer", rf"^[^\w\n]*{_SAY} (?:the following|[\"'“‘<])"),
    (0.6, "nothing else", r"\bnothing else\b.{0,40}(?:\n|disregard|ignore|reply|respond|print|$)"),
    (0.6, "if ", rf"\bif (?:the )?(?:user|reader|anyone|someone|questioned|(?:you(?:'re"
     rf"| are)? )?asked)\b[^.\n]{{0,60}}\b{_SAY}\b"),
    (0.6, "translate this", r"\btranslate this (?:sentence|text|phrase) (?:as|into|to)\b"),
    (0.6, "could you", r"\bcould you (?:please )?(?:repeat|print|say|output)\b"),
    (0.5, "your |the answer|the response|the reply|the output",
     rf"\b{_MADE}\b[^.\n]{{0,120}}\b(?:in|into|to|of|from|within|throughout|with) (?:your|the) {_YOURS}\b"),
    (0.5, "your ", rf"(?:^|[.!?:] ){_BENT}\b[^.\n]{{0,100}}\byour {_YOURS}\b"),
    (0.5, "only on|exclusively on|solely on", r"\b(?:focus|concentrate) (?:only|exclusively"
     r"|solely) on (?:the )?(?:following|positive)\b"),
    (0.5, ": ", rf"\b(?:and|just|then) {_SAY}: "),
    (0.6, "回复|回答|输出|打印|重复|说",
     r"(?:只|仅|直接|必须|请)(?:回复|回答|输出|打印|重复|说)(?:以下|下面|如下|这句|这段|[“\"「『：:])"),
    (0.6, "用户|有人|被", r"(?:如果|若|当)(?:用户|有人|被)(?:问|询问|提问|要求)[^。！？\n]{0,30}(?:回答|回复|输出"
     r"|说|报告)"),
    (0.6, "在你的|在回答|在回复|在答案|在输出",
     r"在(?:你的)?(?:回答|回复|答案|输出)(?:中|里|末尾|开头|最后)[^。！？\n]{0,10}(?:加入|添加|插入|包含|写上|附上"
     r"|提到)"),
    # said to a model
    (0.6, "ai|a.i.|llm|language model|bot|assistant|gpt|copilot",
     r"\b(?:dear|attention|attn|hey|hello|note to|notice to|message (?:to|for)|instructions? (?:to|for)|to any) "
     rf"{_MODEL}\b(?!['-])"),
    (0.7, "if you", rf"\bif you(?: are|'re) (?:reading this (?:and (?:are|you(?:'re| are)) )?)?(?:as )?{_MODEL}\b"),
    (0.6, "you are|act as|you're|behave as|pretend", rf"\b(?:you are|act as|you're|behave as"
     rf"|pretend to be)(?: now)? {_MODEL}\b"),
    (0.6, "you are now", r"\byou are now (?:an? |in |called |named )"),
    (0.7, "如果|若|既然", r"(?:如果|若|既然)(?:你|您)是(?:一个|一名)?(?:ai|人工智能|大?语言模型|大模型|助手|机器人)"),
    (0.6, "你现在|你从现在|你将", r"你(?:现在|从现在起|将)(?:是|扮演|成为)[^。！？\n]{0,12}(?:助手|ai|模型|机器人"
     r"|开发者模式)"),
    (0.8, "the user",
     r"\b(?:do not|don't|never|without) (?:tell|inform|alert|mention|reveal|notify)(?:ing)?\b[^.\n]{0,30}\bthe user\b"),
    (0.8, "用户", r"(?:不要|别|切勿|禁止)(?:告诉|告知|提醒|通知|让)用户"),
    (0.5, "system prompt|developer mode|jailbreak|系统提示词|开发者模式",
     r"system prompt|developer mode|jailbreak|系统提示词|开发者模式"),
    (0.6, "code block|codestyle|code style",
     r"\b(?:do not|don't) (?:use|show|put|add)\b[^.\n]{0,30}\bcode ?(?:style )?blocks?\b|\bno code ?style block"),
    (0.7, "software|system|tool|screen|review|scan|model|agent",
     r"\b(?:note|message|attention|instructions?|profile|metadata|notice) (?:to|for) (?:the |any "
     r"|all )?(?:automated|automatic"
     r"|ai|llm|machine)[\w -]{0,20}(?:software|systems?|tools?|screen\w+|review\w*|scann?\w*|models?|agents?)\b"),
    (0.6, "human|visible|llm",
     r"\b(?:invisible|hidden) (?:to|from) (?:the )?humans?\b|\bvisible (?:only )?to (?:llms?|ai)\b|\bllm scan\b"),
    # signs of chat templates, played roles
    (0.9, "<|[|｜", r"<[|｜]\s*\w[\w▁ -]{0,30}\s*[|｜]>|\[/?inst\]|<</?sys>>|<(?:start|end)_of_turn>"
     r"|\[/?system\]\s*\(#"),
    (0.7, "assistant|ai|gpt|助手",
     r"^[^\w\n]*(?:assistant|ai|gpt|助手)\s*[:：][^\n]*\n(?:[^\n]*\n){0,3}?\W{0,40}(?:user|human|用户)\s*[:：]"),
    (0.7, "user|human|用户",
     r"^[^\w\n]*(?:user|human|用户)\s*[:：][^\n]*\n(?:[^\n]*\n){0,3}?\W{0,40}(?:assistant|ai|gpt|助手)\s*[:：]"),
    (0.7, "system|end of|end-of|of-document",
     r"^[^\w\n]*system\s*[:：] |\[system\]|<end of (?:session|document|context|input|text)>|\[(?:end"
     r"|rest)[- ]of[- ]document\]"),
    (0.7, "##", r"^\s*#{2,} ?(?:system|assistant|instruction|new instructions?)\b"),
    # what is known shall leave by an address
    (0.8, "![", r"!\[[^\]\n]{0,80}\]\(\s*https?://[^)\s]{0,200}(?:\[[a-z_ ]{2,20}\]|\{[a-z_ ]{2,30}\}|=\s*\))"),
    (0.4, "http|replac", r"https?://[^\s)]{0,200}=\s?\[[a-z_]{2,20}\]|\breplac(?:e|ing) \[[a-z_]{2,20}\]"),
    (0.6, " of ", r"\b(?:summary|contents?|copy|encoding|encoded|history) of (?:this|our|the) (?:conversation|chat"
     r"|previous message)"),
    (0.5, "encod",
     r"\b(?:url|base64|quoted-printable|rot13|hex)[- ]encod(?:ed?|ing)\b[^.\n]{0,40}\b(?:conversation|message"
     r"|summary|chat|user)"),
    (0.6, "concatenate", r"\bconcatenate (?:these|the following) strings\b"),
    (0.6, "base64|base-64|rot13",
     r"\b(?:decode|execute|run)\b[^.\n]{0,60}\b(?:base-?64|rot13)\b[\s\S]{0,80}[a-z0-9+/]{24,}"),
    # code that shall be taken over
    (0.6, "code",
     r"\b(?:the|this|following|subsequent) code(?: (?:block|section|snippet|excerpt|segment|fragment))?\b[^.\n]{0,60}\b"
     r"(?:your|you) (?:code(?:base)?|solution|implementation|develop\w*|program|project|script)\b"),
)  # fmt: skip
"""(what it is worth, words of which one must stand in the text, pattern), for text in lower case and plain letters."""
