-- When this state was made, and the one before it: told by the build itself, so that its pages can be made again from it.
select
  (select max(debut) from audit.execution) as moment,
  (select max(publication_precedente) from audit.changement) as precedente,
  (select count(*) from audit.changement) as nb_changements
