"""The letters of `--example project`, set by typst's own Python package: what ours is measured against."""

import pathlib
import statistics
import sys
import time

import typst

folder, fonts = (pathlib.Path(arg).resolve() for arg in sys.argv[1:3])
values = sorted(folder.glob("values-*.json"))
started = time.perf_counter()
compiler = typst.Compiler(root=str(folder), font_paths=[str(fonts)], ignore_system_fonts=True)
took = []
for letter in values:
    (folder / "values.json").write_bytes(letter.read_bytes())
    begun = time.perf_counter()
    pdf = compiler.compile(
        input=str(folder / "exclusion.typ"),
        format="pdf",
        pdf_standards=["ua-1", "a-2a"],
        timestamp=1795348800,
    )
    took.append((time.perf_counter() - begun) * 1000)
    assert pdf.startswith(b"%PDF")
warm = took[1:]
print(f"typst's package: {len(warm)} letters, {len(pdf)} bytes each, first with typefaces {(took[0]):.1f} ms,")
print(f"  fastest {min(warm):.1f} ms, median {statistics.median(warm):.1f} ms, slowest {max(warm):.1f} ms")
