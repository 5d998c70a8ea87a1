"""OpenCV for this half of the program, quiet: what goes wrong is told by errors of ours."""

import os

# FFmpeg inside OpenCV reads it when the first video is opened.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

import cv2 as cv2  # noqa: E402 - behind the setting

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
