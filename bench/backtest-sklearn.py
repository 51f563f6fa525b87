"""scikit-learn's figures of the same columns. Arguments: the folder of the columns, whether to refit two resamples."""

import json
import os
import sys
import time

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve

folder, draws = sys.argv[1], sys.argv[2:]


def column(name, kind):
    return np.fromfile(os.path.join(folder, name), dtype=kind)


churned, scores, accounts = column("churned", "u1"), column("scores", "<f8"), column("accounts", "<i4")
features = column("features", "<f8").reshape(len(churned), -1)
parts = {}


def measure(part, work):
    started, cpu = time.perf_counter(), time.process_time()
    found = work()
    parts[part] = {"seconds": time.perf_counter() - started, "cpuSeconds": time.process_time() - cpu}
    return found


def fit(tolerance, weights=None):
    model = LogisticRegression(C=1.0, solver="newton-cholesky", tol=tolerance, max_iter=100)
    return model.fit(features, 1 - churned, sample_weight=weights)


def parameters(model):
    return [-model.intercept_[0], *model.coef_[0]]


measure("fit, tolerance as it comes", lambda: fit(1e-4))
model = measure("fit", lambda: fit(1e-12))
area = measure("AUC", lambda: roc_auc_score(churned, -scores))
probabilities = model.predict_proba(features)[:, 0]
squares = measure("Brier", lambda: brier_score_loss(churned, probabilities))


def sweep():
    tenths = np.floor(scores * 10)
    renewed_below, churned_below, thresholds = roc_curve(churned, -tenths, drop_intermediate=False)
    # The first threshold is without end; a cut between two of them tells apart what the one before does.
    places = np.searchsorted(-thresholds[1:], np.arange(1000), side="right")
    return churned_below[places], renewed_below[places]


churned_below, renewed_below = measure("sweep of 1,000 cuts", sweep)
resamples = []
for number, file in enumerate(draws):
    times = np.fromfile(file, dtype="<f8")
    refit = measure(f"refit of resample {number + 1}", lambda: fit(1e-12, times[accounts]))
    resamples.append(parameters(refit)[1:])
print(
    json.dumps(
        {
            "parts": parts,
            "fit": parameters(model),
            "auc": area,
            "brier": squares,
            "churnedBelow": list(churned_below),
            "renewedBelow": list(renewed_below),
            "firstResamples": resamples,
            "rows": len(churned),
        }
    )
)
