-- Combien de relations arithmétiques ont été vérifiées dans chaque rapport, et avec quel verdict ?
pivot (select rapport_code, nature, verdict, controle_key from marts.fct_controle)
on verdict in ('exact', 'arrondi', 'ecart', 'non_verifiable')
using count(controle_key)
group by rapport_code, nature
order by rapport_code, nature;
