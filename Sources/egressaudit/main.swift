print("egressaudit")
