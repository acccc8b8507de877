"""The words of the compliance report, English and Chinese: headings, states, sentences with places for figures."""

from __future__ import annotations

LANGUAGES = ("en", "zh")
STATES = {
    "met": ("in place", "已落实"),
    "open": ("GAP", "缺口"),
    "yours": ("for the company to decide", "由单位自行判断"),
}
COLOURS = {"met": "#1d6b3a", "open": "#b3261e", "yours": "#8a5a00"}
WORDS: dict[str, tuple[str, str]] = {
    "title": ("Compliance report", "合规报告"),
    "made": (
        "Made {at} by ragbox {version} from the settings and the record in use. It is a checklist of facts for "
        "those who judge them, no legal opinion. What is not switched on is not claimed.",
        "由 ragbox {version} 于 {at} 依据当前生效的设置与记录生成。本报告是供判断者使用的事实清单，不构成法律意见"
        "；未启用的功能不会写成已落实。",
    ),
    "summary": (
        "{met} in place, {open} gaps, {yours} for the company to decide.",
        "已落实 {met} 项，缺口 {open} 项，由单位自行判断 {yours} 项。",
    ),
    "transfer": (
        "1. Transfer across the border (PIPL art. 38-40)",
        "1. 数据出境（《个人信息保护法》第三十八至四十条）",
    ),
    "transfer.silent": (
        "Telemetry and downloads of all libraries are switched off. Since the start the server tried to reach no "
        "other machine; `ragbox doctor --offline-proof` proves it without a network.",
        "所有依赖库的遥测与下载均已关闭。自启动以来，服务没有尝试连接任何其他机器；可用 `ragbox doctor "
        "--offline-proof` 在断网环境中验证。",
    ),
    "transfer.unwatched": (
        "Telemetry and downloads of all libraries are switched off. No server is running, so nobody saw whether it "
        "tries to reach another machine. Make the report while it runs; `ragbox doctor --offline-proof` proves it "
        "without a network.",
        "所有依赖库的遥测与下载均已关闭。服务未在运行，因此无法得知它是否会尝试连接其他机器。请在服务运行时生成报告"
        "；可用 `ragbox doctor --offline-proof` 在断网环境中验证。",
    ),
    "transfer.tried": (
        "Since the start the server tried to reach {hosts}. Find out which part did, and whether anything left.",
        "自启动以来，服务曾尝试连接 {hosts}。请查明由哪一部分发起，以及是否有数据传出。",
    ),
    "transfer.local": (
        "Answers are written in the server's own process; questions and passages leave it for no one.",
        "回答在服务器本进程内生成，问题与文段不会交给任何其他系统。",
    ),
    "transfer.remote": (
        "Questions and passages go to the language model at {servers}. Confirm where these machines stand and "
        "who runs them.",
        "问题与文段会发送到语言模型所在的 {servers}。请确认这些机器位于何处、由谁运营。",
    ),
    "transfer.teacher": (
        "Trainings send passages to the teacher at {servers}. Confirm where it stands and who runs it.",
        "训练时会把文段发送到教师模型 {servers}。请确认其位置与运营者。",
    ),
    "transfer.people": (
        "People sign in by {servers}, which learns who does so and when; a directory (LDAP) also gets the names and "
        "passwords that are typed. Confirm where it stands and who runs it.",
        "员工通过 {servers} 登录，该处会得知何人何时登录；目录（LDAP）还会收到输入的用户名和密码。请确认位置与运营者。",
    ),
    "impact": (
        "2. Impact assessment of personal information (PIPL art. 55-56)",
        "2. 个人信息保护影响评估（《个人信息保护法》第五十五、五十六条）",
    ),
    "impact.due": (
        "An assessment is due before sensitive personal information is processed, before decisions are "
        "automated, before data is entrusted, given to others, published or sent abroad. The box holds "
        "{documents} documents in {collections} collections; what in them is sensitive, the company has to say.",
        "在处理敏感个人信息、利用个人信息进行自动化决策、委托处理、向他人提供、公开或者向境外提供个人信息之前，应"
        "当事前评估。本机共有 {collections} 个文档集、{documents} 份文件；其中哪些属于敏感个人信息，由单位认定。",
    ),
    "impact.kinds": (
        "In the last 90 days these kinds of personal data were taken out of what was shown: {kinds}.",
        "最近 90 天内，从展示内容中隐去的个人信息种类有：{kinds}。",
    ),
    "impact.none": (
        "In the last 90 days no personal data was taken out of what was shown; that does not mean that there is "
        "none.",
        "最近 90 天内没有从展示内容中隐去个人信息；这并不表示资料中不存在个人信息。",
    ),
    "impact.kept": (
        "The report of the assessment and the record of processing are kept for at least three years. The audit "
        "trail keeps its entries {days}; where the report is, the company says.",
        "评估报告和处理情况记录应当至少保存三年。审计日志的保存期为{days}；评估报告的存放由单位说明。",
    ),
    "impact.short": (
        "The report of the assessment and the record of processing are kept for at least three years. The audit "
        "trail keeps its entries {days} only: set RAGBOX_AUDIT_DAYS to 0 or at least 1096, or export it in time.",
        "评估报告和处理情况记录应当至少保存三年。审计日志只保存{days}：请将 RAGBOX_AUDIT_DAYS 设为 0 或不小于 "
        "1096，或及时导出。",
    ),
    "filing": (
        "3. Algorithm filing and generative services (algorithm provisions art. 24; interim measures art. 2 and "
        "17)",
        "3. 算法备案与生成式服务（《互联网信息服务算法推荐管理规定》第二十四条；《生成式人工智能服务管理暂行办法"
        "》第二、十七条）",
    ),
    "filing.inside": (
        "Filing and security assessment concern services offered to the public with the power to shape opinion. "
        "The server listens on {host} for {users} with an account, and for nobody else. Whether that is the "
        "public, the company decides.",
        "备案与安全评估针对面向公众提供、具有舆论属性或者社会动员能力的服务。服务监听 {host}，仅供 {users} 个有账"
        "号的用户使用，未登录者不能使用。是否属于向公众提供服务，由单位判断。",
    ),
    "filing.quotes": (
        "No generative model is in use: answers quote passages word for word.",
        "未使用生成式模型：回答逐字引用原文。",
    ),
    "filing.model": (
        "Answers are written by the generative model {model}. Check its licence and whether its provider has filed it.",
        "回答由生成式模型 {model} 生成。请核对其许可证，以及提供者是否已经备案。",
    ),
    "retention": (
        "4. Retention and deletion (PIPL art. 19 and 47)",
        "4. 保存期限与删除（《个人信息保护法》第十九、四十七条）",
    ),
    "retention.history": (
        "Conversations are deleted {n} days after their last question.",
        "对话在最后一次提问 {n} 天后删除。",
    ),
    "retention.forever": (
        "Conversations are kept without limit (RAGBOX_HISTORY_DAYS=0). The law asks for the shortest time "
        "necessary.",
        "对话无限期保存（RAGBOX_HISTORY_DAYS=0）。法律要求保存期限为实现处理目的所必要的最短时间。",
    ),
    "retention.unnamed": (
        "Files that the record does not know are deleted {n} days after they were laid aside.",
        "未登记在记录中的文件，搁置 {n} 天后删除。",
    ),
    "retention.unnamed_forever": (
        "Files that the record does not know stay in `unnamed` without limit (RAGBOX_UNNAMED_DAYS=0); {files} "
        "are there.",
        "未登记在记录中的文件无限期留在 `unnamed` 中（RAGBOX_UNNAMED_DAYS=0），现有 {files} 个。",
    ),
    "retention.purged": (
        "Deleted documents go from record, originals and answers at once, from all other files each night at "
        "{hour}:00. Nothing waits to be wiped now.",
        "已删除的文件立即从记录、原件和回答中清除，每晚 {hour}:00 从其余文件中清除。目前没有待清除的内容。",
    ),
    "retention.waits": (
        "Deleted documents go from record, originals and answers at once, from all other files each night at "
        "{hour}:00. Deletions in {waiting} collections wait for that; `ragbox purge` does it now.",
        "已删除的文件立即从记录、原件和回答中清除，每晚 {hour}:00 从其余文件中清除。现有 {waiting} 个文档集的删除"
        "待清除，可用 `ragbox purge` 立即执行。",
    ),
    "access": ("5. Access (PIPL art. 51)", "5. 访问控制（《个人信息保护法》第五十一条）"),
    "access.roles": (
        "Nobody but admins reads a collection that was not granted. Users: {roles}. Tokens in use: {tokens}. A browser "
        "session lasts {hours} hours.",
        "除管理员外，未获授权者不能读取任何文档集。用户：{roles}。有效令牌：{tokens} 个。浏览器会话持续 {hours} 小时。",
    ),
    "access.auditor": (
        "Nobody has the role auditor: only admins can look at the audit trail.",
        "没有人担任审计员：只有管理员能查看审计日志。",
    ),
    "access.many": (
        "{admins} users are admins and read everything. Keep them few.",
        "有 {admins} 名管理员可以读取全部内容，请尽量减少。",
    ),
    "sealing": ("6. Encryption (PIPL art. 51)", "6. 加密（《个人信息保护法》第五十一条）"),
    "sealing.rest": (
        "What lies in the data folder is not encrypted: record, originals, indexes, models. Seal it (`ragbox seal on`) "
        "or put the folder on an encrypted disk.",
        "数据目录中的内容（记录、原件、索引、模型）未加密。请用 `ragbox seal on` 加密，或将该目录放在加密磁盘上。",
    ),
    "sealing.key_file": (
        "Record, originals, page pictures, waiting uploads, kept runs, models and adapters are encrypted (AES-256) "
        "by a key in a file. Keep that file apart from the data.",
        "记录、原件、页面图片、待处理的上传文件、评测结果、模型和适配器均以 AES-256 加密保存，密钥在密钥文件中。"
        "请将密钥文件与数据分开保管。",
    ),
    "sealing.passphrase": (
        "Record, originals, page pictures, waiting uploads, kept runs, models and adapters are encrypted (AES-256) "
        "by a key that a passphrase opens (argon2id).",
        "记录、原件、页面图片、待处理的上传文件、评测结果、模型和适配器均以 AES-256 加密保存，"
        "密钥由口令（argon2id）保护。",
    ),
    "sealing.memory": (
        "The index files in {folder} lie in memory only. A swap area of the machine has to be encrypted or off.",
        "{folder} 中的索引文件只在内存中。本机的交换分区必须加密或关闭。",
    ),
    "sealing.indexes": (
        "The index files in {folder} cannot be encrypted and hold words and vectors of the documents. Put them on an "
        "encrypted disk, or in memory (RAGBOX_INDEXES).",
        "{folder} 中的索引文件无法加密，其中有文档的词语和向量。请放在加密磁盘上，或放入内存（RAGBOX_INDEXES）。",
    ),
    "sealing.loopback": (
        "The server listens on {host} only: nothing crosses a network unless a proxy passes it on.",
        "服务只监听 {host}：除非由代理转发，数据不经过网络。",
    ),
    "sealing.tls": (
        "The server listens on {host} and speaks TLS 1.3 only.",
        "服务监听 {host}，只接受 TLS 1.3 加密连接。",
    ),
    "sealing.plain": (
        "The server listens on {host} without TLS (RAGBOX_TLS=off). Leave that setting out, or put a proxy with TLS in "
        "front.",
        "服务监听 {host}，没有使用 TLS（RAGBOX_TLS=off）。请去掉该设置，或在前面设置带 TLS 的代理。",
    ),
    "audit": ("7. Audit (PIPL art. 54)", "7. 审计（《个人信息保护法》第五十四条）"),
    "audit.whole": (
        "The audit trail is whole: {entries} entries, the last {head}. It keeps them {days}.",
        "审计日志完整：共 {entries} 条，最后一条为 {head}，保存期为{days}。",
    ),
    "audit.broken": (
        "The audit trail does NOT hold: {faults} faults in {entries} entries. `ragbox audit verify` names them.",
        "审计日志校验不通过：{entries} 条中有 {faults} 处错误。`ragbox audit verify` 会逐一列出。",
    ),
    "redaction": ("8. De-identification (PIPL art. 51)", "8. 去标识化（《个人信息保护法》第五十一条）"),
    "redaction.on": (
        "Where no policy says otherwise, personal data is shown as: {style}. Policies: {policies} by role or "
        "collection.",
        "没有另行规定时，个人信息的展示方式为：{style}。按角色或文档集设置的规则有 {policies} 条。",
    ),
    "redaction.off": (
        "Where no policy says otherwise, personal data is shown as it is (RAGBOX_REDACT=off).",
        "没有另行规定时，个人信息按原样展示（RAGBOX_REDACT=off）。",
    ),
    "redaction.open": ("These policies show personal data as it is: {open}.", "下列规则按原样展示个人信息：{open}。"),
    "gaps": ("9. Known limits", "9. 已知局限"),
    "gaps.misses": (
        "Rules miss some personal data, names most of all; docs/privacy.md says how much on which test.",
        "规则会漏掉一部分个人信息，尤其是姓名；漏检比例见 docs/privacy.md。",
    ),
    "gaps.disk": (
        "What was overwritten can still lie in unused cells of an SSD, in snapshots and in backups made by "
        "others.",
        "被覆盖的内容仍可能残留在固态硬盘的闲置单元、快照以及他人制作的备份中。",
    ),
    "gaps.adapters": (
        "Adapters keep what they learned from documents that are deleted later: remove them too.",
        "适配器会保留从后来被删除的文件中学到的内容，需要一并删除。",
    ),
    "gaps.questions": (
        "What people typed into a question stays in their history until it is deleted or over its time.",
        "用户在问题中输入的文字会保留在其历史记录中，直到被删除或超过保存期限。",
    ),
    "colon": (": ", "："),
    "comma": (", ", "、"),
    "forever": ("for ever", "永久"),
    "days": ("for {days} days", "{days} 天"),
    "none": ("none", "无"),
    "name.admin": ("admin", "管理员"),
    "name.editor": ("editor", "编辑"),
    "name.reader": ("reader", "读者"),
    "name.auditor": ("auditor", "审计员"),
    "name.redact": ("redacted", "隐去"),
    "name.pseudonym": ("replaced by pseudonyms", "以代称替换"),
    "name.mask": ("masked, but for the last four", "遮蔽，保留后四位"),
    "name.off": ("as it is", "原样"),
}  # fmt: skip
