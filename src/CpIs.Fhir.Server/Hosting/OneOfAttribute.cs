using System.ComponentModel.DataAnnotations;
using CpIs.Fhir.Core.Reading;
using ValidationResult = System.ComponentModel.DataAnnotations.ValidationResult;

namespace CpIs.Fhir.Server.Hosting;

/// <summary>A setting that is one of a few words; a refusal says which, and which was probably meant.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OneOfAttribute(params string[] words) : ValidationAttribute
{
    /// <summary>What is allowed.</summary>
    public IReadOnlyList<string> Words => words;

    /// <inheritdoc />
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is string sent && words.Contains(sent))
            return ValidationResult.Success;
        var near = Spelling.Nearest($"{value}", words);
        return new ValidationResult(
            $"'{value}' is not allowed. Allowed: {string.Join(", ", words)}.{(near is null ? "" : $" Did you mean {near}?")}",
            [validationContext.MemberName!]
        );
    }
}
