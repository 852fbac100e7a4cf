namespace EdgeBuild.Generators.Tests;

/// <summary>Prompts whose answers are more than single values.</summary>
internal static class StructuredPrompt
{
    public const string Tools = """
        ---
        name: assistant
        description: Chooses what the desk does next.
        metadata:
          edge:
            tools:
              - name: open-ticket
                description: Opens a ticket.
                parameters:
                  - name: title
                    kind: string
                    description: One line.
                  - name: priority
                    kind: string
                    enumValues: [low, high, very high]
                  - name: copies
                    kind: integer
                  - name: tags
                    kind: array
                    items:
                      kind: string
              - name: order
                description: Orders goods.
                parameters:
                  - name: lines
                    kind: array
                    description: What is ordered.
                    items:
                      kind: object
                      properties:
                        - name: sku
                          kind: string
                        - name: size
                          kind: string
                          enumValues: [S, M]
                        - name: grid
                          kind: array
                          items:
                            kind: array
                            items:
                              kind: float
                  - name: address
                    kind: object
                    properties:
                      - name: city
                        kind: string
                      - name: express
                        kind: boolean
              - name: hang_up
                parameters: []
        inputs:
          - name: text
            kind: string
        ---
        user:
        {{text}}
        """;

    /// <summary>The room is one set for two functions, and another for the third.</summary>
    public const string Rooms = """
        ---
        name: home
        metadata:
          edge:
            tools:
              - name: light
                parameters:
                  - name: room
                    kind: string
                    enumValues: [here, kitchen]
              - name: heat
                parameters:
                  - name: room
                    kind: string
                    enumValues: [here, kitchen]
              - name: lock
                parameters:
                  - name: room
                    kind: string
                    enumValues: [here, cellar]
        inputs:
          - name: text
            kind: string
        ---
        user:
        {{text}}
        """;

    public const string Order = """
        ---
        name: order
        description: Reads an order.
        metadata:
          edge:
            freeText: [note]
        inputs:
          - name: mail
            kind: string
        outputs:
          - name: total
            kind: float
          - name: express
            kind: boolean
          - name: terms
            kind: object
            properties:
              - name: currency
                kind: string
                required: false
                enumValues: [EUR, USD]
              - name: weeks
                kind: integer
                required: false
              - name: hints
                kind: array
                required: false
                items:
                  kind: string
          - name: lines
            kind: array
            description: What is ordered.
            items:
              kind: object
              properties:
                - name: sku
                  kind: string
                - name: pieces
                  kind: integer
                  required: false
          - name: note
            kind: string
        ---
        user:
        {{mail}}
        """;
}
