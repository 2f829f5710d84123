"""The checks of the pages: links that lead somewhere, no other host, pages and the whole within their size,
the time taken.
"""

from __future__ import annotations

import dagster as dg

from orchestration.site.build import Site

#: What a site may cost: a floor, and as much again for each report beyond five.
BYTES, BYTES_EACH = 6_000_000, 500_000
SECONDS, SECONDS_EACH = 3.0, 0.2
FREE = 5

NAMES = {
    "liens": "Every link leads to a page and an element that exist; none leads to another host.",
    "pages": "There is a page for every report, and none weighs more than 300 kB.",
    "octets": "The whole site weighs no more than its share for each report.",
    "secondes": "The site takes no more CPU time than its share for each report.",
}


def site_specs(asset: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """The declared checks; only links that lead nowhere stop a publication."""
    return [
        dg.AssetCheckSpec(name, asset=asset, blocking=name == "liens", description=said)
        for name, said in NAMES.items()
    ]


def site_results(asset: dg.AssetKey, site: Site) -> list[dg.AssetCheckResult]:
    """The verdict of each check; what is only too large or too slow is a warning."""
    further = max(0, site.reports - FREE)
    most, longest = BYTES + further * BYTES_EACH, SECONDS + further * SECONDS_EACH
    verdicts = {
        "liens": (not site.faults, "; ".join(site.faults) or f"{site.links} links"),
        "pages": (
            site.pages > site.reports and not site.heavy,
            "; ".join(site.heavy[:3]) or f"{site.pages} pages of {site.reports} reports",
        ),
        "octets": (site.bytes <= most, f"{site.bytes} bytes, at most {most}"),
        "secondes": (site.seconds <= longest, f"{site.seconds:.2f} CPU seconds, at most {longest:.1f}"),
    }
    return [
        dg.AssetCheckResult(
            asset_key=asset,
            check_name=name,
            passed=passed,
            description=said,
            severity=dg.AssetCheckSeverity.ERROR if name == "liens" else dg.AssetCheckSeverity.WARN,
        )
        for name, (passed, said) in verdicts.items()
    ]
