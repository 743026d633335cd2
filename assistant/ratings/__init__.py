"""答复评分: staff say of real answers how right each sentence and each citation is; rated answers become test cases."""
