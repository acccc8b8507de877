"""What stands on the pages where one signs in and changes the password, in English and Chinese."""

from __future__ import annotations

LOGIN: dict[str, tuple[str, str]] = {
    # key: (English, Chinese)
    "login.title": ("Sign in", "登录"),
    "login.name": ("Name", "用户名"),
    "login.password": ("Password", "密码"),
    "login.enter": ("Sign in", "登录"),
    "login.how": (
        "No password, or forgotten? Ask an admin for a personal link, which works once. On the machine itself, run:",
        "没有密码，或忘记了密码？请向管理员索取仅可使用一次的个人链接；如在本机，请运行：",
    ),
    "login.ended": (
        "You were signed out: the session ended, or an admin ended it.",
        "您已退出登录：会话已结束，或由管理员终止。",
    ),
    "login.failed": ("This link has been used, or is too old.", "该链接已被使用或已过期。"),
    "login.empty": ("Type your name and your password.", "请输入用户名和密码。"),
    "login.wrong": ("The name or the password is wrong.", "用户名或密码错误。"),
    "login.often": (
        "Too many tries. Try again in {minutes} minutes, or ask an admin for a personal link.",
        "尝试次数过多。请在 {minutes} 分钟后重试，或向管理员索取个人链接。",
    ),
    "login.busy": (
        "The box cannot check passwords at this moment. Try again in some seconds.",
        "系统暂时无法验证密码，请几秒后重试。",
    ),
    "login.other": ("{present} is signed in here", "{present} 已在此浏览器登录"),
    "login.switch": (
        "The link signs in {invited} instead. What {present} has open in other tabs would go on as {invited}.",
        "该链接将改由 {invited} 登录，{present} 在其他标签页中打开的内容也会变为 {invited} 的身份。",
    ),
    "login.go": ("Sign in as {invited}", "以 {invited} 登录"),
    "login.stay": ("Stay signed in as {present}", "保持 {present} 登录"),
    "login.oidc": ("Sign in with {provider}", "使用 {provider} 登录"),
    "login.or": ("or", "或"),
    "login.oidc.failed": (
        "{provider} did not sign you in. Try again; if it stays, ask an admin to look at the server's log.",
        "{provider} 未能完成登录。请重试；如仍有问题，请让管理员查看服务器日志。",
    ),
    "login.oidc.out": (
        "{provider} knows you, but no account here is open to you. Ask an admin of this box: it may be disabled, or "
        "your name may be another account's.",
        "{provider} 已确认您的身份，但此处没有可供您使用的账号。请联系管理员：账号可能已停用，或用户名已属于他人。",
    ),
    "login.oidc.down": (
        "Signing in with {provider} does not work at this moment. Try again in a minute, or sign in another way.",
        "目前无法使用 {provider} 登录。请一分钟后重试，或使用其他方式登录。",
    ),
    "password.title": ("Change the password", "修改密码"),
    "password.lead": (
        "At least {least} characters. Four words that have nothing to do with each other are easy to keep and hard to "
        "guess.",
        "至少 {least} 个字符。四个互不相关的词语好记且难猜。",
    ),
    "password.link": (
        "You came by a personal link, so within the hour the old password is not asked for.",
        "您通过个人链接登录，一小时内无需输入旧密码。",
    ),
    "password.whose": ("Signed in as {name}", "当前用户：{name}"),
    "password.old": ("Present password", "当前密码"),
    "password.new": ("New password", "新密码"),
    "password.again": ("New password again", "再次输入新密码"),
    "password.set": ("Change the password", "修改密码"),
    "password.back": ("Back", "返回"),
    "password.done": (
        "The password is changed. Sessions in other browsers have ended.",
        "密码已修改，其他浏览器中的会话均已结束。",
    ),
    "password.wrong": (
        "The present password is wrong, or you have none: then sign in by a personal link first.",
        "当前密码错误，或您还没有密码：请先通过个人链接登录。",
    ),
    "password.differ": ("The two new passwords are not the same.", "两次输入的新密码不一致。"),
    "password.short": (
        "The new password is too short: at least {least} characters.",
        "新密码太短：至少 {least} 个字符。",
    ),
    "password.long": ("The new password is too long: at most 1,024 bytes.", "新密码太长：最多 1,024 字节。"),
    "password.easy": (
        "The new password is easy to guess: beside the name, common words and runs such as 1234, too little is left.",
        "新密码太容易猜：除去用户名、常见词语和 1234 之类的连续字符后所剩太少。",
    ),
    "password.elsewhere": (
        "You sign in with your company's account. Change its password there.",
        "您使用公司账号登录，请在公司系统中修改密码。",
    ),
}
