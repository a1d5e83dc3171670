using CpIs.Fhir.Core.Escalation;

namespace CpIs.Fhir.Server.Escalation;

/// <summary>The password of the SMTP server, read once at start.</summary>
internal static class EmailPassword
{
    /// <summary>Null where the settings name no file.</summary>
    /// <exception cref="InvalidConfigurationException">The file cannot be read or is empty; the message repeats nothing of it.</exception>
    public static string? Read(EmailOptions options)
    {
        if (!options.IsOn || options.PasswordFile.Length == 0)
            return null;
        try
        {
            var password = File.ReadAllText(options.PasswordFile).Trim();
            return password.Length > 0
                ? password
                : throw new InvalidConfigurationException("Email:PasswordFile: the file is empty.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new InvalidConfigurationException($"Email:PasswordFile cannot be read: {unreadable.Message}");
        }
    }
}
