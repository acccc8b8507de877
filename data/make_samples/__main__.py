"""Writes every sample paper and the questions into data/samples/."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from . import mail, pdf, questions, scan, sheets, slides, word
from .blocks import CONTENT, Paper, read

SAMPLES = Path(__file__).parent.parent / "samples"

Writer = Callable[[Paper, Path], None]
PAPERS: list[tuple[str, str, Writer]] = [
    ("ferrandale.md", "contracts/Supply Agreement - Ferrandale Castings 2024.pdf", pdf.write),
    ("ostermoor.md", "contracts/Maintenance Services Agreement - Ostermoor Water.docx", word.write),
    ("zh_purchase.md", "contracts/采购合同-铭川铸造-2025.pdf", pdf.write),
    ("zh_logistics.md", "contracts/物流运输服务合同-兴沃物流.docx", word.write),
    ("nda.md", "legal/NDA Tarnbeck Engineering 2025.docx", word.write),
    ("board_minutes.md", "legal/Board minutes 2025-11-20.docx", word.write),
    ("annual_report.md", "finance/Annual Report 2025.pdf", pdf.write),
    ("budget.md", "finance/Budget 2026 draft 2.xlsx", sheets.write_xlsx),
    ("rates.md", "finance/exchange_rates_2025.csv", sheets.write_csv),
    ("expenses_uk.md", "finance/Travel and Expenses Policy UK.pdf", pdf.write),
    ("zh_travel.md", "finance/差旅费报销制度.docx", word.write),
    ("handbook_uk.md", "hr/Employee Handbook UK 2025.docx", word.write),
    ("zh_handbook.md", "hr/员工手册2025版.pdf", pdf.write),
    ("zh_labour.md", "hr/劳动合同-罗晓楠.pdf", pdf.write),
    ("manual.md", "operations/MX-200 Operating Manual.pdf", pdf.write),
    ("zh_safety.md", "operations/安全生产管理制度.pdf", pdf.write),
    ("zh_maintenance.md", "operations/MX-220泵维护规程.docx", word.write),
    ("zh_inventory.md", "operations/库存盘点表2025年12月.xlsx", sheets.write_xlsx),
    ("price_list.md", "sales/Product Price List 2025.xlsx", sheets.write_xlsx),
    ("kickoff.md", "sales/Sales Kick-off 2026.pptx", slides.write_pptx),
    ("zh_promo.md", "sales/2025年度市场推介.pptx", slides.write_pptx),
    ("distributor.md", "sales/Distributor Programme.pdf", slides.write_pdf),
]
COPIES = [
    ("security.md", "it/IT Security Standard.md"),
    ("vpn.html", "it/remote-access.html"),
    ("restore_exercise.txt", "it/Restore exercise 2025-09.txt"),
    ("zh_security.md", "it/信息安全管理规定.md"),
    ("zh_meeting.txt", "operations/质量例会纪要2025-11.txt"),
]
MAILS: list[tuple[str, str, str, str, Writer]] = [
    (
        "mail_ostermoor.txt",
        "sales/RE Spare parts Holbeach and Fosdyke.eml",
        "quotation.md",
        "Quotation Q-25-3381.docx",
        word.write,
    ),
    ("mail_zh.txt", "sales/回复：北部水厂二期报价.eml", "zh_quotation.md", "报价单NT-BJ-2025-207.pdf", pdf.write),
]
SCAN = ("landlord.txt", "legal/Scan 2025-03-20 landlord.pdf")


def main() -> None:
    """Replace data/samples/ by freshly made papers and questions."""
    shutil.rmtree(SAMPLES, ignore_errors=True)
    for source, target, write in PAPERS:
        write(read(source), _place(target))
    for source, target in COPIES:
        shutil.copyfile(CONTENT / source, _place(target))
    scan.write((CONTENT / SCAN[0]).read_text(encoding="utf-8"), _place(SCAN[1]))
    for letter, target, source, name, write in MAILS:
        with tempfile.TemporaryDirectory() as folder:
            attachment = Path(folder) / name
            write(read(source), attachment)
            mail.write((CONTENT / letter).read_text(encoding="utf-8"), [attachment], _place(target))
    count = questions.write(SAMPLES)
    print(f"{len(list(SAMPLES.glob('*/*')))} papers and {count} questions in {SAMPLES}")


def _place(target: str) -> Path:
    """The path of a sample, with its folder made."""
    path = SAMPLES / target
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


if __name__ == "__main__":
    main()
