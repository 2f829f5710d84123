{#- Fails when two relations differ in size. -#}
{% test meme_nombre_de_lignes(model, autre) %}
select a.nb, b.nb as nb_attendu
from (select count(*) as nb from {{ model }}) as a, (select count(*) as nb from {{ autre }}) as b
where a.nb <> b.nb
{% endtest %}
