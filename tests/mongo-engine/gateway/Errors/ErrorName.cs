namespace MongoGateway.Errors;

/// <summary>The server's names for the codes that tests make a command fail with.</summary>
internal static class ErrorName
{
    public static string Of(int code) =>
        code switch
        {
            6 => "HostUnreachable",
            7 => "HostNotFound",
            24 => "LockTimeout",
            50 => "MaxTimeMSExpired",
            64 => "WriteConcernFailed",
            89 => "NetworkTimeout",
            91 => "ShutdownInProgress",
            112 => "WriteConflict",
            189 => "PrimarySteppedDown",
            251 => "NoSuchTransaction",
            262 => "ExceededTimeLimit",
            9001 => "SocketException",
            10107 => "NotWritablePrimary",
            11000 => "DuplicateKey",
            11600 => "InterruptedAtShutdown",
            11602 => "InterruptedDueToReplStateChange",
            13435 => "NotPrimaryNoSecondaryOk",
            13436 => "NotPrimaryOrSecondary",
            14031 => "OutOfDiskSpace",
            _ => $"Location{code}",
        };
}
