"""Where documents come from by themselves: folders and web sites that are looked at again and again."""
