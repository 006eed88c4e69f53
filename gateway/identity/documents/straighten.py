"""Finds the document in a photograph and flattens it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from gateway.identity.images.decode import Pixels

LOOK_SIDE = 640
MAX_SIDE = 2000
"""Pixels. 44 characters across such a page have 36 pixels each, more than recognition needs."""
MIN_SHARE = 0.25
FILLED = 0.97


def limit_size(pixels: Pixels) -> Pixels:
    """The picture scaled down to at most 2000 pixels in width and height."""
    scale = MAX_SIDE / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def lay_flat(pixels: Pixels) -> Pixels | None:
    """The sheet cut out and flattened; None where its four corners are not visible."""
    corners = find_sheet(pixels)
    if corners is None:
        return None
    width = max(np.linalg.norm(corners[0] - corners[1]), np.linalg.norm(corners[3] - corners[2]))
    height = max(np.linalg.norm(corners[0] - corners[3]), np.linalg.norm(corners[1] - corners[2]))
    size = (round(float(width)), round(float(height)))
    flat = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    warp = cv2.getPerspectiveTransform(corners, flat)
    return np.asarray(cv2.warpPerspective(pixels, warp, size, flags=cv2.INTER_CUBIC), np.uint8)


def find_sheet(pixels: Pixels) -> NDArray[np.float32] | None:
    """Corners of the largest bright or dark quadrangle, clockwise from the top left; None if there is none."""
    scale = min(1.0, LOOK_SIDE / max(pixels.shape[:2]))
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (5, 5), 0)
    _, bright = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    edges = cv2.dilate(cv2.Canny(grey, 40, 120), np.ones((3, 3), np.uint8))
    found = [_largest_quadrangle(np.asarray(mask, np.uint8)) for mask in (bright, edges)]
    quads = [quad for quad in found if quad is not None]
    if not quads:
        return None
    best = max(quads, key=cv2.contourArea)
    return _clockwise(best) / np.float32(scale)


def _largest_quadrangle(mask: Pixels) -> NDArray[np.float32] | None:
    """The largest convex four-cornered outline that fills its hull and at least a quarter of the picture."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    whole = mask.shape[0] * mask.shape[1]
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:3]:
        hull = cv2.convexHull(contour)
        quad = cv2.approxPolyDP(hull, 0.02 * cv2.arcLength(hull, closed=True), closed=True)
        area = cv2.contourArea(quad)
        if len(quad) == 4 and MIN_SHARE * whole < area < FILLED * whole:
            return np.asarray(quad.reshape(4, 2), np.float32)
    return None


def _clockwise(quad: NDArray[np.float32]) -> NDArray[np.float32]:
    """The corners clockwise from the top left."""
    middle = quad.mean(axis=0)
    order = np.argsort(np.arctan2(quad[:, 1] - middle[1], quad[:, 0] - middle[0]))
    turned = quad[order]
    return np.roll(turned, -int(np.argmin(turned.sum(axis=1))), axis=0)
