{{ dimension('public') }}
