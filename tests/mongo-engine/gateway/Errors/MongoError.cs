namespace MongoGateway.Errors;

/// <summary>An error as a server tells it.</summary>
internal sealed class MongoError(int code, string name, string message) : Exception(message)
{
    public int Code { get; } = code;

    public string Name { get; } = name;

    /// <summary>Which labels to tell; null for those that follow from the code.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    public static MongoError NoSuchTransaction(string message) => new(251, "NoSuchTransaction", message);

    public static MongoError WriteConflict(string message) => new(112, "WriteConflict", message);
}
