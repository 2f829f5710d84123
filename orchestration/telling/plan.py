"""A plan as one screen: what the documents at hand would change, and which relations would fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestration.building.plan import Plan

SIGNS = {"ajoute": "+", "retire": "-", "modifie": "~", "requalifie": "="}
SHOWN = 40


def render_plan(plan: Plan, shown: int = SHOWN) -> str:
    """The plan for people; at most ``shown`` figures and sentences of each kind."""
    return "\n".join(_lines(plan, shown))


def _lines(plan: Plan, shown: int) -> Iterator[str]:
    compared = f"release {plan.release}" if plan.release else "nothing: no state is published"
    yield f"plan       {len(plan.read)} reports read again, {plan.kept} unchanged; compared with {compared}"
    if plan.removed:
        yield f"withdrawn  {', '.join(plan.removed)}"
    counted = dict(plan.changes["changement"].value_counts().iter_rows())
    kinds = {
        "ajoute": "added",
        "retire": "removed",
        "modifie": "changed",
        "requalifie": "mean something else",
    }
    yield "figures    " + ", ".join(f"{counted.get(kind, 0)} {said}" for kind, said in kinds.items())
    for row in plan.changes.head(shown).iter_rows(named=True):
        yield f"  {SIGNS[row['changement']]} {row['rapport_code']}:{row['ligne']}  {_told(row)}"
    if plan.changes.height > shown:
        yield f"  {plan.changes.height - shown} more (--rows shows them)"
    yield from _sentences("refused", plan.refused, shown)
    yield from _sentences("relations", plan.relations, shown)
    yield (
        "verdict    nothing here would refuse a night"
        if plan.publishable
        else "verdict    a night would be refused, or keep these reports stale"
    )


def _told(row: Mapping[str, object]) -> str:
    said = [
        f"{row[f'libelle_{when}'] or '?'} ({row[f'indicateur_{when}'] or '?'})" for when in ("avant", "apres")
    ]
    printed = [str(row[f"imprime_{when}"]) for when in ("avant", "apres")]
    if row["changement"] == "requalifie":
        return (
            f"{printed[1]}: {said[0]} -> {said[1]}"
            if said[0] != said[1]
            else f"{printed[1]}: {said[1]}, other members, period or block"
        )
    if row["changement"] == "modifie":
        return f"{said[1]}: {printed[0]} -> {printed[1]}"
    side = 1 if row["changement"] == "ajoute" else 0
    return f"{said[side]}: {printed[side]}"


def _sentences(title: str, told: Mapping[str, list[str]], shown: int) -> Iterator[str]:
    if not told:
        return
    sentences = [sentence for said in told.values() for sentence in said]
    yield f"{title:10} {len(sentences)} in {len(told)} reports"
    yield from (f"  {sentence}" for sentence in sentences[:shown])
    if len(sentences) > shown:
        yield f"  {len(sentences) - shown} more (--rows shows them)"
