"""What scikit-learn, statsmodels and SciPy say of the cases on stdin (JSON), as JSON: written without a look at scoring/."""

import json
import sys

import numpy as np
import statsmodels.api as sm
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, brier_score_loss, roc_auc_score
from statsmodels.stats.proportion import proportion_confint


def bounded_fit(features, churned):
    """L2-regularised (C = 1) logistic regression of renewal on the features, coefficients not negative."""
    renewed = 1 - churned

    def loss(parameters):
        margin = parameters[0] + features @ parameters[1:]
        value = np.sum(np.logaddexp(0, margin) - renewed * margin) + 0.5 * np.sum(parameters[1:] ** 2)
        error = expit(margin) - renewed
        slope = np.concatenate(([error.sum()], features.T @ error + parameters[1:]))
        return value, slope

    size = features.shape[1]
    found = minimize(
        loss,
        np.zeros(size + 1),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None)] + [(0, None)] * size,
        options={"maxiter": 20000, "maxfun": 200000, "ftol": 1e-16, "gtol": 1e-9, "maxcor": 50},
    )
    return found.x


def free_fit(features, churned):
    """The same without bounds, by scikit-learn."""
    model = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    model.fit(features, 1 - churned)
    return np.concatenate((model.intercept_, model.coef_[0]))


def calendar_features(days, horizon):
    far = np.where(np.isnan(days), 1e6, days)
    return np.column_stack(
        (
            far >= 0,
            np.clip(far / horizon, 0, 1),
            far > horizon,
            np.clip((far - horizon) / 365, 0, 1),
            np.isnan(days),
        )
    ).astype(float)


def lift(case):
    """AUC of days and score together on accounts left out of the fit (ten folds), less that of the days alone."""
    days = np.array([np.nan if day is None else day for day in case["days"]], dtype=float)
    scores = np.array(case["scores"])
    churned = np.array(case["churned"])
    accounts = np.array(case["accounts"])
    both = np.column_stack((calendar_features(days, case["horizon"]), scores / 100))
    fold_of = {account: index % 10 for index, account in enumerate(sorted(set(case["accounts"])))}
    folds = np.array([fold_of[account] for account in accounts])
    safety = np.zeros(len(churned))
    for fold in sorted(set(folds)):
        inside = folds == fold
        safety[inside] = both[inside] @ bounded_fit(both[~inside], churned[~inside])[1:]
    calendar = roc_auc_score(churned, -np.where(np.isnan(days), 1e6, days))
    return {"calendar": calendar, "lift": roc_auc_score(churned, -safety) - calendar}


def cluster_interval(case):
    """Percentile interval of the AUC by drawing whole accounts, with draws of its own."""
    scores, churned = np.array(case["scores"]), np.array(case["churned"])
    _, clusters = np.unique(case["accounts"], return_inverse=True)
    random = np.random.default_rng(12345)
    size = clusters.max() + 1
    found = []
    for _ in range(case["samples"]):
        weights = np.bincount(random.integers(0, size, size), minlength=size)[clusters]
        if weights[churned == 1].sum() and weights[churned == 0].sum():
            found.append(roc_auc_score(churned, -scores, sample_weight=weights))
    return list(np.percentile(found, [2.5, 97.5]))


def platt(case):
    """Logistic curve of the score with Platt's targets, by a generalised linear model."""
    scores, churned = np.array(case["scores"]), np.array(case["churned"])
    hits, misses = churned.sum(), len(churned) - churned.sum()
    targets = np.where(churned == 1, (hits + 1) / (hits + 2), 1 / (misses + 2))
    model = sm.GLM(targets, sm.add_constant(scores), family=sm.families.Binomial())
    return list(model.fit(tol=1e-12, maxiter=200).predict(sm.add_constant(np.array(case["at"]))))


def boosted(case):
    """Log-odds of renewal by monotone gradient-boosted trees, after each of some numbers of trees."""
    points = np.array(case["points"], dtype=float)
    model = HistGradientBoostingClassifier(
        learning_rate=0.1,
        max_iter=max(case["trees"]),
        max_depth=3,
        max_leaf_nodes=None,
        min_samples_leaf=case["leastCases"],
        l2_regularization=case["penalty"],
        monotonic_cst=[1] * points.shape[1],
        early_stopping=False,
    ).fit(points, 1 - np.array(case["churned"]))
    staged = list(model.staged_decision_function(points))
    return [list(staged[count - 1].ravel()) for count in case["trees"]]


def main():
    given = json.load(sys.stdin)
    answer = {
        "auc": [roc_auc_score(one["churned"], [-score for score in one["scores"]]) for one in given["auc"]],
        "balanced": [balanced_accuracy_score(one["churned"], one["flagged"]) for one in given["balanced"]],
        "brier": [brier_score_loss(one["churned"], one["probabilities"]) for one in given["brier"]],
        "wilson": [list(proportion_confint(one["hits"], one["n"], method="wilson")) for one in given["wilson"]],
        "fits": [
            {
                "bounded": list(bounded_fit(np.array(one["features"]), np.array(one["churned"]))),
                "free": list(free_fit(np.array(one["features"]), np.array(one["churned"]))),
            }
            for one in given["fits"]
        ],
        "lifts": [lift(one) for one in given["lifts"]],
        "intervals": [cluster_interval(one) for one in given["intervals"]],
        "platt": [platt(one) for one in given["platt"]],
        "boosted": [boosted(one) for one in given["boosted"]],
    }
    json.dump(answer, sys.stdout)


main()
