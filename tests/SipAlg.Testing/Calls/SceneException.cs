namespace SipAlg.Testing.Calls;

/// <summary>The gateway did something else than the script says.</summary>
public sealed class SceneException(string message) : Exception(message);
