namespace MongoGateway.Wire;

/// <summary>The connection ends here, without an answer.</summary>
internal sealed class CutConnectionException : Exception;
