{{ dimension('programme') }}
