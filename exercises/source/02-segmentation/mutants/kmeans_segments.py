# ruff: noqa: D100, D103, F811, F821

# %% right: with_pandas
def kmeans_segments(table, k):
    scaled = ((table - table.mean()) / table.std(ddof=0).replace(0, 1)).to_numpy()
    labels = pd.Series(segmentation.cluster(scaled, k)[0])
    order = labels.value_counts().index
    return labels.map({old: new for new, old in enumerate(order)}).to_numpy()


# %% right: with_a_loop
def kmeans_segments(table, k):
    columns = []
    for name in table:
        values = table[name].to_numpy(dtype=float)
        spread = np.std(values)
        columns.append((values - np.mean(values)) / spread if spread > 0 else values * 0)
    labels = segmentation.cluster(np.column_stack(columns), k)[0]
    counts = np.bincount(labels)
    order = list(np.argsort(-counts))
    return [order.index(label) for label in labels]


# %% wrong: unscaled
# fails: kmeans_segments_scaled, kmeans_segments_hidden_unit
# says: standardise first
def kmeans_segments(table, k):
    labels, _, _ = segmentation.cluster(table.to_numpy(float), k)
    return np.argsort(np.argsort(-np.bincount(labels)))[labels]


# %% wrong: only_centred
# fails: kmeans_segments_scaled, kmeans_segments_hidden_unit
# says: k-means on standardised columns
def kmeans_segments(table, k):
    values = table.to_numpy(float)
    labels, _, _ = segmentation.cluster(values - values.mean(axis=0), k)
    return np.argsort(np.argsort(-np.bincount(labels)))[labels]


# %% wrong: one_scale_for_all_columns
# fails: kmeans_segments_scaled, kmeans_segments_hidden_unit
# says: standardise first
def kmeans_segments(table, k):
    values = table.to_numpy(float)
    labels, _, _ = segmentation.cluster((values - values.mean()) / values.std(), k)
    return np.argsort(np.argsort(-np.bincount(labels)))[labels]


# %% wrong: smallest_first
# fails: kmeans_segments_size, kmeans_segments_hidden_constant
# says: Expected the largest first
def kmeans_segments(table, k):
    values = table.to_numpy(float)
    spread = values.std(axis=0)
    points = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1)
    labels, _, _ = segmentation.cluster(points, k)
    return np.argsort(np.argsort(np.bincount(labels)))[labels]


# %% wrong: divides_by_nothing
# fails: kmeans_segments_hidden_constant
# says: beware of dividing by 0
def kmeans_segments(table, k):
    values = table.to_numpy(float)
    points = (values - values.mean(axis=0)) / values.std(axis=0)
    labels, _, _ = segmentation.cluster(points, k)
    return np.argsort(np.argsort(-np.bincount(labels)))[labels]


# %% wrong: returns_the_centres
# fails: kmeans_segments_shape, kmeans_segments_scaled, kmeans_segments_size, kmeans_segments_hidden_unit, kmeans_segments_hidden_constant
# says: Expected one segment for each row
def kmeans_segments(table, k):
    values = table.to_numpy(float)
    spread = values.std(axis=0)
    points = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1)
    return segmentation.cluster(points, k)[1]


# %% wrong: numbers_from_one
# fails: kmeans_segments_shape, kmeans_segments_size, kmeans_segments_hidden_constant
# says: Two segments came as
def kmeans_segments(table, k):
    values = table.to_numpy(float)
    spread = values.std(axis=0)
    points = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1)
    labels, _, _ = segmentation.cluster(points, k)
    return 1 + np.argsort(np.argsort(-np.bincount(labels)))[labels]
