using SipAlg.Calls.Model;

namespace SipAlg.Calls.Registrations;

/// <summary>Whose contacts are looked for.</summary>
/// <param name="Name">A user's name, number or alias; or what a contact is known by that a registrar was given.</param>
/// <param name="Registrar">That registrar; null for a user.</param>
internal readonly record struct SoughtContacts(string Name, Peer? Registrar);
