namespace SipAlg.Interop.Tests.Sipp;

/// <summary>A scenario that is another one with some words changed.</summary>
internal sealed record SippText(string Name, string Text) : ISippScenario;
