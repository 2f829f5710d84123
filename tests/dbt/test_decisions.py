"""What the models decide, as dbt's own unit tests say it; and that each of those tests fails when its rule is
broken.
"""

from __future__ import annotations

import shutil
from itertools import zip_longest
from pathlib import Path

import yaml

from orchestration.building.engine import steps_of
from tests.dbt.warehouse import PROJECT, copy_project, run_dbt

DECISIONS = yaml.safe_load(
    (PROJECT / "models" / "intermediate" / "_decisions.yml").read_text(encoding="utf-8")
)["unit_tests"]
#: By unit test: what stands in its model, and what a broken rule would say instead.
BROKEN = {
    "une_part_dite_dont_n_est_jamais_une_feuille": (
        "d.toujours_dont and not c.toujours_dont",
        "d.toujours_dont and c.toujours_dont",
    ),
    "le_chiffre_du_pays_reste_une_comparaison": ("when l.chiffre_key is not null then 'comparaison'", ""),
    "un_chiffre_plus_petit_que_sa_partie_est_de_portee_inconnue": (
        "b.valeur - b.demi_intervalle > a.valeur + a.demi_intervalle",
        "b.valeur > a.valeur",
    ),
    "un_total_que_nulle_somme_ne_tient_n_est_pas_une_feuille_de_plus": (
        "tenus.chiffre_key is null and p.a_key is null",
        "tenus.chiffre_key is not null and p.a_key is null",
    ),
    "rien_n_est_additionne_deux_fois": (
        "chiffre_key not in (select apres_key from cedes)",
        "chiffre_key is not null",
    ),
    "la_ventilation_qui_couvre_le_plus_est_servie": (
        "order by r.couvrante desc, r.nb desc",
        "order by r.nb desc",
    ),
    "le_verdict_d_une_somme_est_celui_de_son_impression": (
        "cast({{ somme }} + demi_{{ somme }} as double)",
        "cast({{ somme }} + demi_{{ somme }} + 1 as double)",
    ),
    "le_verdict_d_une_part_est_celui_de_son_impression": (
        "when calcul = 'quotient' or nature = 'evolution'",
        "when nature = 'evolution'",
    ),
}


def test_every_decision_holds(build: tuple[Path, dict[str, str]]) -> None:
    statuses = build[1]
    assert {decision["name"]: statuses.get(decision["name"]) for decision in DECISIONS} == dict.fromkeys(
        BROKEN, "pass"
    )
    assert {decision["model"] for decision in DECISIONS} == {"int_candidate", "int_selection", "int_controle"}


def test_a_broken_rule_breaks_its_decision(
    project: Path, build: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """One rule of each model at a time."""
    copy = copy_project(tmp_path / "project", {})
    shutil.copytree(project / "seeds", copy / "seeds", dirs_exist_ok=True)
    other = tmp_path / "observatoire.duckdb"
    shutil.copy(build[0], other)
    shutil.copy(steps_of(build[0]), steps_of(other))
    by_model: dict[str, list[str]] = {}
    for decision in DECISIONS:
        by_model.setdefault(decision["model"], []).append(decision["name"])
    for names in zip_longest(*by_model.values()):
        for model, name in zip(by_model, names, strict=True):
            rule, otherwise = BROKEN[name] if name else ("", "")
            write_broken(copy, model, rule, otherwise)
        statuses = run_dbt(copy, other, "test", "--select", "test_type:unit")
        assert {name: statuses[name] for name in names if name} == dict.fromkeys(filter(None, names), "fail")


def write_broken(project: Path, model: str, rule: str, otherwise: str) -> None:
    """Write a model with ``otherwise`` in place of a rule; sound where there is no rule to break."""
    path = Path("models", "intermediate", f"{model}.sql")
    sql = (PROJECT / path).read_text(encoding="utf-8")
    if rule:
        assert sql.count(rule) == 1, rule
        sql = sql.replace(rule, otherwise)
    (project / path).write_text(sql, encoding="utf-8")
