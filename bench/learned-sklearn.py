"""scikit-learn's boosted trees of the same columns. Arguments: the folder of the columns."""

import json
import os
import sys
import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

folder = sys.argv[1]
churned = np.fromfile(os.path.join(folder, "churned"), dtype="u1")
features = np.fromfile(os.path.join(folder, "features"), dtype="<f8").reshape(len(churned), -1)
points = np.floor(100 * features + 0.5)
model = HistGradientBoostingClassifier(
    learning_rate=0.1,
    max_iter=50,
    max_depth=3,
    max_leaf_nodes=None,
    min_samples_leaf=100,
    l2_regularization=20,
    monotonic_cst=[1] * points.shape[1],
    early_stopping=False,
)
started, cpu = time.perf_counter(), time.process_time()
model.fit(points, 1 - churned)
parts = {"50 boosted trees": {"seconds": time.perf_counter() - started, "cpuSeconds": time.process_time() - cpu}}
margins = list(model.decision_function(points[:1000]))
print(json.dumps({"parts": parts, "margins": margins, "rows": len(churned)}))
