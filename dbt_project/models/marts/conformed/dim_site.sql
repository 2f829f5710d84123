{{ dimension('site') }}
