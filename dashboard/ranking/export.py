"""stub"""
def show(scene, view, chart):
    pass
