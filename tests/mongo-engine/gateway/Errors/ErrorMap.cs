using MongoGateway.Wire;
using Npgsql;

namespace MongoGateway.Errors;

/// <summary>From what PostgreSQL and DocumentDB say to what a server would have said.</summary>
internal static class ErrorMap
{
    // SQLSTATEs of DocumentDB (class M0), for the codes that an application is likely to look at.
    private static readonly Dictionary<string, (int Code, string Name)> Known = new()
    {
        ["M0000"] = (1, "InternalError"),
        ["M0001"] = (2, "BadValue"),
        ["M0003"] = (9, "FailedToParse"),
        ["M0004"] = (14, "TypeMismatch"),
        ["M0005"] = (15, "Overflow"),
        ["M0006"] = (20, "IllegalOperation"),
        ["M0008"] = (26, "NamespaceNotFound"),
        ["M0009"] = (27, "IndexNotFound"),
        ["M000A"] = (28, "PathNotViable"),
        ["M000D"] = (40, "ConflictingUpdateOperators"),
        ["M000E"] = (43, "CursorNotFound"),
        ["M000F"] = (48, "NamespaceExists"),
        ["M000G"] = (52, "DollarPrefixedFieldName"),
        ["M000M"] = (66, "ImmutableField"),
        ["M000N"] = (67, "CannotCreateIndex"),
        ["M000O"] = (68, "IndexAlreadyExists"),
        ["M000P"] = (72, "InvalidOptions"),
        ["M000Q"] = (73, "InvalidNamespace"),
        ["M000R"] = (85, "IndexOptionsConflict"),
        ["M000S"] = (86, "IndexKeySpecsConflict"),
        ["M000U"] = (115, "CommandNotSupported"),
        ["M000W"] = (146, "ExceededMemoryLimit"),
        ["M0013"] = (224, "QueryFeatureNotAllowed"),
        ["M0015"] = (241, "ConversionFailure"),
        ["M0016"] = (263, "OperationNotSupportedInTransaction"),
        ["M001B"] = (10334, "BSONObjectTooLarge"),
        ["M003A"] = (17419, "Location17419"),
        ["M00CO"] = (121, "DocumentValidationFailure"),
        ["M00FD"] = (171, "CannotIndexParallelArrays"),
        ["M007U"] = (40324, "Location40324"),
    };

    public static MongoError Of(Exception exception, Request request) =>
        exception switch
        {
            MongoError error => error,
            PostgresException e => Of(e.SqlState, e.MessageText, request.IsTransactional),
            InvalidDataException e => new MongoError(9, "FailedToParse", e.Message),
            NpgsqlException e => new MongoError(91, "ShutdownInProgress", e.Message),
            _ => new MongoError(1, "InternalError", exception.ToString()),
        };

    public static MongoError Of(string state, string message, bool inTransaction, string? collection = null) =>
        state switch
        {
            "23505" or "23P01" or "M001C" => Duplicate(message, collection),
            "40001" or "40P01" => MongoError.WriteConflict(
                "WriteConflict error: this operation conflicted with another operation. Please retry your operation or multi-document transaction."
            ),
            "55P03" when inTransaction => MongoError.WriteConflict("WriteConflict error: " + message),
            "55P03" => new(24, "LockTimeout", message),
            "57014" => new(50, "MaxTimeMSExpired", "operation exceeded time limit"),
            "57P01" or "57P02" or "57P03" or "53300" => new(91, "ShutdownInProgress", message),
            "25P02" => MongoError.NoSuchTransaction("the transaction was aborted"),
            "42P01" => new(26, "NamespaceNotFound", message),
            "0A000" => new(115, "CommandNotSupported", message),
            "53100" => new(14031, "OutOfDiskSpace", message),
            _ when Known.TryGetValue(state, out var known) => new(known.Code, known.Name, message),
            _ when state.StartsWith('M') => new(2, "BadValue", $"{message} (engine error {state})"),
            _ => new(1, "InternalError", $"{message} (SQLSTATE {state})"),
        };

    /// <summary>Write errors carry their SQLSTATE as a number: five characters of six bits, the first in the lowest.</summary>
    public static string StateOf(int packed) =>
        string.Create(
            5,
            packed,
            (text, code) =>
            {
                for (var i = 0; i < text.Length; i++, code >>= 6)
                    text[i] = (char)((code & 0x3F) + '0');
            }
        );

    /// <summary>The engine names the index, not the value.</summary>
    private static MongoError Duplicate(string message, string? collection)
    {
        var (start, end) = (message.IndexOf('\''), message.LastIndexOf('\''));
        var index = end > start ? message[(start + 1)..end] : "?";
        return new(
            11000,
            "DuplicateKey",
            $"E11000 duplicate key error collection: {collection} index: {index} dup key: (not reported by this engine)"
        );
    }
}
