"""What a figure needs is imported as a whole before it is drawn: sessions run in threads of one process."""

import subprocess
import sys


def test_images_are_imported_before_any_figure(repository):
    code = "import sys, dashboard.figures.kept; assert 'PIL.Image' in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=repository, check=True)
