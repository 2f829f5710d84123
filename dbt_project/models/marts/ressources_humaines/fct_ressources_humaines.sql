{{ fait('ressources_humaines') }}
