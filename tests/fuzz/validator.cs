#:package SharpFuzz@2.3.0
#:package Fhir.Metrics@1.4.1
#:package Microsoft.Extensions.Caching.Memory@10.0.15
#:project ../../src/CpIs.Fhir.Conformance/CpIs.Fhir.Conformance.csproj
#:property PublishAot=false
#:property PublishReadyToRun=false
// The validator under AFL: whatever is read, a verdict comes out. `run` builds and instruments it; `cpis validate FILE` shows again
// what was found.

using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Terminology;
using CpIs.Fhir.Conformance.Validation;
using SharpFuzz;

Validator? validator = null;
Fuzzer.OutOfProcess.Run(stream =>
{
    using var text = new MemoryStream();
    stream.CopyTo(text);
    // Instrumented code may run only once AFL is connected, so the validator is made here.
    if (validator is null)
    {
        var definitions = DefinitionSet.CoreAndOurs();
        validator = new Validator(definitions, new LocalTerminology(definitions));
    }

    validator.Validate(FhirSource.Read(text.ToArray()));
});
