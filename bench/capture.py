"""How long a capture takes, with a real browser against the stand-in site.

    python bench/capture.py [--listings 10] [--photos 8]

Everything of it: desktop, phone and robot, all photos, web archive, files in the vault. Prints
seconds: median, p95, longest; how large the evidence is; what stays in memory between looks.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path


sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "tereze.settings"
os.environ["TEREZE_DATA"] = tempfile.mkdtemp(prefix="tereze-bench-")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listings", type=int, default=10)
    parser.add_argument("--photos", type=int, default=8)
    options = parser.parse_args()

    import django

    django.setup()
    from django.conf import settings

    from tereze.casework.actions import store_parts
    from tereze.disruption import captures, seeing
    from tereze.disruption.platforms import platform
    from tereze.disruption.verification import Asked
    from tereze.disruption.watchdog import own_memory, tree
    from tests.sites import running_sites

    seconds, sizes, memory = [], [], 0
    with running_sites(Path(tempfile.mkdtemp())) as sites:
        settings.ALLOWED_PRIVATE = [sites.host]
        for number in range(options.listings + 1):
            _code, url = sites.post(title=f"Телефон {number}", photo_count=options.photos)
            started = time.perf_counter()
            taken = captures.take(url, "olx")
            asked = Asked(address=url, platform=platform("olx"))
            parts = captures.parts_of(taken, captures.understand(taken, asked))
            store_parts(parts)
            assert len([part for part in parts if part.name.startswith("photo-")]) == options.photos
            if number:  # the first also starts the driver
                seconds.append(time.perf_counter() - started)
                sizes.append(sum(len(part.content) for part in parts))
            process = seeing.CAPTURES.process
            memory = max(memory, own_memory(tree(process.pid)) if process else 0)
    seconds.sort()
    p95 = seconds[min(len(seconds) - 1, round(0.95 * len(seconds)))]
    print(
        f"{len(seconds)} captures of {options.photos} photos: median {statistics.median(seconds):.1f} s, "
        f"p95 {p95:.1f} s, longest {seconds[-1]:.1f} s; {statistics.mean(sizes) / 1e6:.1f} MB each; "
        f"between looks {memory / 1e6:.0f} MB"
    )


if __name__ == "__main__":
    main()
