"""The JSON schema of templates, generated from the forms and the seeds: what an editor completes and checks
while one writes.

Belongs here: what pydantic cannot know of the written form, which is the list of codes. What a key means
stands in ``templates``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from orchestration.extraction.catalogue import Catalogue
from orchestration.extraction.templates import Template
from orchestration.extraction.wrong_keys import CODES

FILE = "gabarit.schema.json"
_DESCRIPTIONS = {
    "bloc": "Nom du bloc : minuscules, chiffres et soulignés ; unique dans le rapport.",
    "debut": "Mots du rapport où le bloc commence ; ils doivent s'y trouver une seule fois (sinon, donner "
    "rang).",
    "fin": "Mots du rapport où le bloc finit : premier passage après debut, exclu.",
    "rang": "Lequel des passages semblables est visé, à partir de 1.",
    "revue": "false : personne ne l'a relu, et le chiffre n'entre pas dans les faits ; sur un trou, prévaut "
    "sur le bloc.",
    "commun": "Ce que tous les chiffres partagent.",
    "champs": "Fragments du rapport avec un trou par nombre.",
    "lire": "Fragment du rapport : {} ou {nom} à la place de chaque nombre, … pour sauter des mots.",
    "valeurs": "Sens des trous sans nom, dans l'ordre.",
    "tableau": "Un tableau du rapport.",
    "tableaux": "Les tableaux du rapport, s'il y en a plusieurs dans le bloc.",
    "controles": "Relations arithmétiques que la structure ne dit pas.",
    "ecarts": "Nombres mis de côté, avec leur motif.",
    "colonnes": "Colonnes du tableau, de gauche à droite.",
    "lignes": "Lignes du tableau, de haut en bas, avec leur libellé imprimé.",
    "periode": "2020, 2020-12, 2020-S1, 2020-T1, 2020-12-31 ; évolution 2019/2020.",
    "nature": "Nature du chiffre (constate si rien n'est dit).",
    "perimetre": "Ce que le chiffre couvre de son concept pour son organisme : entier, partiel ou elargi ; "
    "sans lui, la règle en décide.",
    "concept": "Le concept du noyau, d'un chiffre dont l'indicateur reste a_definir.",
    "domaine": "Le domaine d'un chiffre dont l'indicateur reste a_definir.",
    "perimetre_mots": "Pourquoi ce périmètre, en quelques mots.",
    "role": "dont : partie d'un tout imprimé, jamais ajoutée ; total : somme de parties imprimées.",
    "signe": "imprime : le signe imprimé compte ; moins : seuls les mots disent la baisse ; aucun : un tiret "
    "n'est pas un signe.",
    "arrondi": "zeros pour un nombre approché, ou l'unité d'arrondi.",
    "multiplicateur": "Échelle donnée par une note ou un titre, non par le nombre.",
    "libelle": "Libellé court, jamais une phrase.",
    "ecarter": "Met le nombre de côté pour ce motif (date, page, note...) au lieu de le lire.",
    "imprime": "Ce qui est imprimé (periode, unite, nature ou indicateur) là où le gabarit lit autrement : "
    "la coquille devient un contrôle, et un constat si d'autres chiffres la contredisent.",
    "note": "Un doute, et comment il a été levé.",
}


def template_schema(catalogue: Catalogue) -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of a template file, its codes enumerated from the seeds."""
    schema = Template.model_json_schema(by_alias=False)
    definitions = schema["$defs"]
    codes = {
        "indicateur": sorted(catalogue.indicators),
        "concept": sorted(catalogue.concepts),
        "domaine": sorted(catalogue.domains),
        **{dim: sorted(m) for dim, m in catalogue.members.items()},
    }
    for name, members in codes.items():
        definitions[f"code_{name}"] = {"enum": members}
    for form in (schema, *(d for d in definitions.values() if "properties" in d)):
        for key, said in form["properties"].items():
            said.pop("title", None)
            if key in _DESCRIPTIONS:
                said["description"] = _DESCRIPTIONS[key]
            if key in codes and form.get("title") != "SetAsideForm":
                form["properties"][key] = _code_of(key, said)
        for key in ("title", "description"):
            form.pop(key, None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Gabarit de lecture d'un rapport",
        **schema,
    }


def _code_of(key: str, said: dict[str, Any]) -> dict[str, Any]:
    what = _DESCRIPTIONS.get(key) or (
        "Code d'indicateur" if key == "indicateur" else f"Code de la dimension {key}"
    )
    return {
        "anyOf": [{"$ref": f"#/$defs/code_{key}"}, {"type": "null"}],
        "default": None,
        "description": f"{what.rstrip('.')} ({CODES[key]}.csv).",
    }


def write_schema(raw: Path, catalogue: Catalogue) -> Path:
    """Write the schema beside the report folders; returns its path."""
    path = raw / FILE
    path.write_text(as_text(catalogue), encoding="utf-8")
    return path


def as_text(catalogue: Catalogue) -> str:
    """The schema as it is committed."""
    return json.dumps(template_schema(catalogue), ensure_ascii=False, indent=1) + "\n"
