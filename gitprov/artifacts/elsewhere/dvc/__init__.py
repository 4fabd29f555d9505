"""DVC: its `.dvc` files and `dvc.lock`, its cache, its remotes. Nothing of DVC is imported or run."""
