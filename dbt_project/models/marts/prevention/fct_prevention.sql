{{ fait('prevention') }}
