print("cajal2c")
